namespace Connections.Operations.SignIns;

/// <summary>What a page tells somebody who comes back from a provider. Holds no code and no token.</summary>
public abstract record SignInOutcome
{
    /// <param name="Missing">Asked for and not granted.</param>
    public sealed record Connected(string Name, string Account, IReadOnlyList<string> Missing, bool Reconnected) : SignInOutcome;

    /// <summary>Another browser started it, perhaps somebody else's: whoever signed in says whether this is what they want.</summary>
    /// <param name="Requester">The actor who asked for the sign-in.</param>
    /// <param name="Nonce">Known to this page alone; comes back with the click.</param>
    public sealed record Confirm(string Connector, string Name, string Account, string Workspace, string Requester, string Nonce) : SignInOutcome;

    /// <summary>The account is connected as another connection, which can be reconnected with this sign-in.</summary>
    public sealed record ConnectedAlready(string Account, string Other, string Nonce) : SignInOutcome;

    /// <summary>A tab before this one brought the code, and is not at its end yet.</summary>
    public sealed record UnderWay : SignInOutcome;

    /// <summary>It has ended before; details are for the browser that started it.</summary>
    public sealed record Expired : SignInOutcome;

    public sealed record Failed(string Message) : SignInOutcome;

    /// <summary>By a fault of ours.</summary>
    public sealed record Broken(string Message) : SignInOutcome;
}

/// <summary>The browser's way back: what the provider gave it.</summary>
/// <param name="Issuer">What the provider calls itself, where it does.</param>
/// <param name="SameBrowser">It bears the cookie of the browser that started the sign-in.</param>
/// <param name="Nonce">Of the page with a button that this browser was shown before.</param>
public sealed record OAuthReturn(
    SignInReference Reference, string? Code, string? Error, string? Issuer, bool SameBrowser, string? Nonce, Uri Callback);
