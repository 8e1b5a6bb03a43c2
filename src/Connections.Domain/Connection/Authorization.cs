using System.Text.Json;

namespace Connections.Domain.Connection;

/// <summary>
/// A person was sent to the provider to sign in. For a new connection this event confirms the claim on the name until then.
/// </summary>
/// <param name="Attempt">Identifies one sign-in. The OAuth state parameter carries it; a later attempt replaces it.</param>
/// <param name="Until">A code that arrives later is rejected.</param>
public sealed record AuthorizationStarted(Guid Attempt, string Connector, string Name, JsonElement Settings, DateTimeOffset Until)
    : ConnectionEvent
{
    public bool SameBody(ConnectionCreated created) => SameBody(created.Connector, created.Name, created.Settings);

    public bool SameBody(string connector, string name, JsonElement settings) =>
        Connector == connector && Name == name && JsonElement.DeepEquals(Settings, settings);
}

/// <summary>The browser returned with a code. This event is appended before the exchange, so that the code is exchanged once.</summary>
public sealed record AuthorizationCodeReceived(Guid Attempt) : ConnectionEvent;

/// <param name="Reason">Machine-readable: <c>access_denied</c>, <c>account-taken</c>, <c>exchange-failed</c> …</param>
/// <param name="Message">For people; contains no secret that the browser or the provider sent.</param>
public sealed record AuthorizationFailed(Guid Attempt, string Reason, string Message) : ConnectionEvent
{
    private const string GivenUp = "cancelled";

    /// <summary>True if a person deleted the connection during the sign-in.</summary>
    public bool WasGivenUp() => Reason == GivenUp;

    internal static AuthorizationFailed Cancelled(Guid attempt) =>
        new(attempt, GivenUp, "The connection was deleted before the sign-in was complete.");
}

public enum SignInPhase
{
    Started,
    CodeReceived,
    Succeeded,
    Failed
}

/// <summary>A sign-in attempt and its phase.</summary>
public sealed record SignIn(AuthorizationStarted Start, SignInPhase Phase)
{
    public bool HasEnded => Phase is SignInPhase.Succeeded or SignInPhase.Failed;

    // A reconnect by other means leaves a started sign-in open: the person at the provider may still return.
    internal SignIn Reconnected() => Phase == SignInPhase.CodeReceived ? Ended(well: true) : this;

    internal SignIn Ended(bool well) => HasEnded ? this : this with { Phase = well ? SignInPhase.Succeeded : SignInPhase.Failed };
}
