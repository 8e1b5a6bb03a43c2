namespace Connections.Domain.Connection;

/// <summary>What a try at the provider saw, with the credential version it saw it with.</summary>
/// <param name="VaultEntry">Of the newest tokens, where they were renewed since the sign-in: the ones before may be spent.</param>
/// <param name="Renewing">Somebody renews them: it is not known yet which are the newest.</param>
public sealed record RecordTest(
    Guid Probe,
    string Outcome,
    string Message,
    int CredentialVersion,
    bool Requested,
    Account? Account = null,
    IReadOnlyList<string>? Fingerprints = null,
    string? VaultEntry = null,
    bool Renewing = false) : ConnectionCommand;

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
            (ConnectionStatus.ReauthRequired, Outcome.Ok) when !c.Renewing => [tested, ReconnectedByTest(ConnectionState.Evolve(now, tested).Live!, c.VaultEntry)],
            (not ConnectionStatus.ReauthRequired, var o) when o == Outcome.ReauthRequired =>
                [tested, new ConnectionReauthRequired(c.Message, c.CredentialVersion)],
            _ => [tested]
        };
    }

    // what was there before, with what the try told of the account
    private static ConnectionReconnected ReconnectedByTest(ConnectionReconnected live, string? newest) => live with
    {
        CredentialVersion = live.CredentialVersion + 1,
        VaultEntry = newest ?? live.VaultEntry,
        SameGrant = true
    };
}
