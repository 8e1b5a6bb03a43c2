namespace Connections.Operations.SignIns;

/// <summary>The result that the page shows after the return from a provider. Contains no code and no token.</summary>
public abstract record SignInOutcome
{
    /// <param name="Missing">Scopes that were requested and not granted.</param>
    public sealed record Connected(string Name, string Account, IReadOnlyList<string> Missing, bool Reconnected) : SignInOutcome;

    /// <summary>Another browser, perhaps of another person, started the sign-in: the person who signed in has to confirm it.</summary>
    /// <param name="Requester">The actor who requested the sign-in.</param>
    /// <param name="Nonce">Known only to this page; the confirmation sends it back.</param>
    public sealed record Confirm(string Connector, string Name, string Account, string Workspace, string Requester, string Nonce) : SignInOutcome;

    /// <summary>The account is connected as another connection, which can be reconnected with this sign-in.</summary>
    public sealed record ConnectedAlready(string Account, string Other, string Nonce) : SignInOutcome;

    /// <summary>An earlier request brought the code and is still being processed.</summary>
    public sealed record UnderWay : SignInOutcome;

    /// <summary>The sign-in has ended; only the browser that started it sees details.</summary>
    public sealed record Expired : SignInOutcome;

    public sealed record Failed(string Message) : SignInOutcome;

    /// <summary>A fault of this service.</summary>
    public sealed record Broken(string Message) : SignInOutcome;
}

/// <summary>The values with which the provider sends the browser back.</summary>
/// <param name="Issuer">The provider's issuer identifier, if it sends one.</param>
/// <param name="Parameters">All parameters of the address. They come through a browser.</param>
/// <param name="SameBrowser">The request has the cookie of the browser that started the sign-in.</param>
/// <param name="Nonce">The nonce of the confirmation page that this browser was shown before.</param>
public sealed record OAuthReturn(
    SignInReference Reference, string? Code, string? Error, string? Issuer, IReadOnlyDictionary<string, string> Parameters, bool SameBrowser,
    string? Nonce, Uri Callback);
