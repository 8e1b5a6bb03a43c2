using System.Text.Json;

namespace Connections.Domain.Connection;

/// <summary>Somebody was sent to the provider to sign in. For a new connection it confirms the name until then.</summary>
/// <param name="Attempt">One sign-in: the state that goes through the browser names it, and a later attempt ends it.</param>
/// <param name="Until">Nothing comes back after it.</param>
public sealed record AuthorizationStarted(Guid Attempt, string Connector, string Name, JsonElement Settings, DateTimeOffset Until)
    : ConnectionEvent
{
    public bool SameBody(ConnectionCreated created) => SameBody(created.Connector, created.Name, created.Settings);

    public bool SameBody(string connector, string name, JsonElement settings) =>
        Connector == connector && Name == name && JsonElement.DeepEquals(Settings, settings);
}

/// <summary>The browser came back with a code. Appended before the code is exchanged, so that it is exchanged once.</summary>
public sealed record AuthorizationCodeReceived(Guid Attempt) : ConnectionEvent;

/// <param name="Reason">A word for programs: <c>access_denied</c>, <c>account-taken</c>, <c>exchange-failed</c> …</param>
/// <param name="Message">For people; holds nothing that the browser or the provider sent as a secret.</param>
public sealed record AuthorizationFailed(Guid Attempt, string Reason, string Message) : ConnectionEvent
{
    private const string GivenUp = "cancelled";

    /// <summary>Somebody deleted what was being signed in for.</summary>
    public bool WasGivenUp() => Reason == GivenUp;

    internal static AuthorizationFailed Cancelled(Guid attempt) => new(attempt, GivenUp, "The connection was given up before anybody signed in.");
}

public enum SignInPhase
{
    Started,
    CodeReceived,
    Succeeded,
    Failed
}

/// <summary>An attempt to sign in, and how far it came.</summary>
public sealed record SignIn(AuthorizationStarted Start, SignInPhase Phase)
{
    public bool HasEnded => Phase is SignInPhase.Succeeded or SignInPhase.Failed;

    // mended otherwise while somebody is still at the provider: that one may come back
    internal SignIn Reconnected() => Phase == SignInPhase.CodeReceived ? Ended(well: true) : this;

    internal SignIn Ended(bool well) => HasEnded ? this : this with { Phase = well ? SignInPhase.Succeeded : SignInPhase.Failed };
}
