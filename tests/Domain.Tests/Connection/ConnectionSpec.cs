using System.Text.Json;
using Connections.Domain;
using Connections.Domain.Connection;

namespace Domain.Tests.Connection;

/// <summary>Shared histories and default values for the specifications of connections.</summary>
public abstract class ConnectionSpec
{
    protected static readonly JsonElement Settings = Json("""{"host":"db.example.com","port":5432}""");
    protected static readonly JsonElement Masked = Json("""{"username":"app","password":"***"}""");
    protected static readonly Account Shop = new("7301", "app@shop on db.example.com", "server");
    protected static readonly Guid Probe = new("11111111-0000-0000-0000-000000000001");
    protected static readonly Guid OtherProbe = new("11111111-0000-0000-0000-000000000002");
    protected static readonly Guid Fence = new("22222222-0000-0000-0000-000000000001");

    protected const string ByServer = "f-server";
    protected const string ByAddress = "f-address";
    protected const string NameClaim = "connectionName-abc";

    protected static readonly ConnectionCreated Created =
        new("postgres", "Shop", Settings, Masked, "v1-a", Shop, [ByServer, ByAddress], Outcome.Ok);

    protected static readonly ConnectionTested Unavailable = new(Probe, Outcome.Unavailable, "No route to host.", 1, Requested: false);
    protected static readonly ConnectionReauthRequired Refused = new("The password was refused.", 1);
    protected static readonly ConnectionReconnected Reconnected = new(2, "v2-b", Settings, Masked, Shop, [ByServer, ByAddress]);
    protected static readonly ConnectionAbandoned Abandoned = new(NameClaim);
    protected static readonly ConnectionDeleted Deleted = new();

    protected static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    protected static readonly Guid Attempt = new("33333333-0000-0000-0000-000000000001");
    protected static readonly Guid LaterAttempt = new("33333333-0000-0000-0000-000000000002");
    protected static readonly AuthorizationStarted SigningIn = new(Attempt, "postgres", "Shop", Settings, Noon.AddMinutes(10));
    protected static readonly AuthorizationCodeReceived CodeReceived = new(Attempt);
    protected static readonly AuthorizationFailed Denied = new(Attempt, "access_denied", "The sign-in was refused.");

    protected static Spec<ConnectionState, ConnectionCommand, ConnectionEvent> Given(params ConnectionEvent[] events) =>
        new(ConnectionDecider.Decider, ConnectionDecider.Names, events);

    /// <summary>A connection in this status.</summary>
    protected static Spec<ConnectionState, ConnectionCommand, ConnectionEvent> GivenOne(ConnectionStatus status) => status switch
    {
        ConnectionStatus.Absent => Given(),
        ConnectionStatus.Authorizing => Given(SigningIn),
        ConnectionStatus.Connected => Given(Created),
        ConnectionStatus.Unreachable => Given(Created, Unavailable),
        ConnectionStatus.ReauthRequired => Given(Created, Refused),
        ConnectionStatus.Deleted => Given(Created, Deleted),
        ConnectionStatus.Abandoned => Given(Abandoned),
        _ => throw new ArgumentOutOfRangeException(nameof(status))
    };

    protected static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
