namespace Connections.Domain;

/// <summary>What a try at the provider saw, with the credential version it saw it with.</summary>
public sealed record RecordTest(
    Guid Probe,
    string Outcome,
    string Message,
    int CredentialVersion,
    bool Requested,
    Account? Account = null,
    IReadOnlyList<string>? Fingerprints = null) : ConnectionCommand;

public static partial class ConnectionDecider
{
    public static IReadOnlyList<ConnectionEvent> Decide(RecordTest c, ConnectionState now)
    {
        if (!now.Exists || c.CredentialVersion < now.CredentialVersion || c.Probe == now.LastProbe) return [];
        var tested = new ConnectionTested(c.Probe, c.Outcome, c.Message, c.CredentialVersion, c.Requested);
        if (c.Outcome == Outcome.Ok && c.Fingerprints?.Except(now.Live!.Fingerprints).Any() == true)
            tested = tested with { Account = c.Account, Fingerprints = [.. now.Live!.Fingerprints.Union(c.Fingerprints)] };

        return (now.Status, c.Outcome) switch
        {
            (ConnectionStatus.ReauthRequired, _) when !c.Requested => [], // a schedule has nothing to say of a dead grant
            (ConnectionStatus.ReauthRequired, Outcome.Ok) => [tested, Mended(ConnectionState.Evolve(now, tested).Live!)],
            (not ConnectionStatus.ReauthRequired, var o) when o == Outcome.ReauthRequired =>
                [tested, new ConnectionReauthRequired(c.Message, c.CredentialVersion)],
            _ => [tested]
        };
    }

    // the same entry, with what the try told of the account
    private static ConnectionReconnected Mended(ConnectionReconnected live) => live with { CredentialVersion = live.CredentialVersion + 1 };
}
