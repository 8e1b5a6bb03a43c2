namespace Connections.Domain.Connection;

/// <summary>Reports a test at the provider and the credential version that was tested.</summary>
/// <param name="VaultEntry">The entry of the newest tokens, if they were refreshed: earlier refresh tokens may be used up.</param>
/// <param name="Renewing">A refresh is under way, so the newest tokens are not known yet.</param>
public sealed record RecordTest(
    Guid Probe,
    string Outcome,
    string Message,
    int CredentialVersion,
    bool Requested,
    Account? Account = null,
    IReadOnlyList<string>? Fingerprints = null,
    string? VaultEntry = null,
    bool Renewing = false,
    string? Definition = null) : ConnectionCommand;

public static partial class ConnectionDecider
{
    public static IReadOnlyList<ConnectionEvent> Decide(RecordTest c, ConnectionState now)
    {
        if (!now.Exists || c.CredentialVersion < now.CredentialVersion || c.Probe == now.LastProbe) return [];
        var tested = new ConnectionTested(c.Probe, c.Outcome, c.Message, c.CredentialVersion, c.Requested, Definition: c.Definition);
        if (c.Outcome == Outcome.Ok && c.Fingerprints?.Except(now.Live!.Fingerprints).Any() == true)
            tested = tested with { Account = c.Account, Fingerprints = [.. now.Live!.Fingerprints.Union(c.Fingerprints)] };

        return (now.Status, c.Outcome) switch
        {
            (ConnectionStatus.ReauthRequired, _) when !c.Requested => [], // a scheduled health check does not revive a rejected grant
            (ConnectionStatus.ReauthRequired, Outcome.Ok) when !c.Renewing => [tested, ConnectionState.Evolve(now, tested).Live!.AcceptedAgain(c.VaultEntry) with { Definition = c.Definition }],
            (not ConnectionStatus.ReauthRequired, var o) when o == Outcome.ReauthRequired =>
                [tested, new ConnectionReauthRequired(c.Message, c.CredentialVersion)],
            _ => [tested]
        };
    }

}
