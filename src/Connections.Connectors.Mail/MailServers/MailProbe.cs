using Connections.Connectors.Pipeline;

namespace Connections.Connectors.MailServers;

/// <summary>A connection test of a mailbox whose account is known from the form.</summary>
internal static class MailProbe
{
    /// <param name="signIn">Signs in at each server of the mailbox.</param>
    public static async Task<ProbeResult> Run(
        IConnector connector, ConnectionUse use, TimeProvider clock, Func<ProbeSteps, Task<ConnectorResult.Failed?>> signIn)
    {
        var steps = new ProbeSteps(clock, use.Steps);
        if (await signIn(steps) is { } failure) return new ProbeResult(steps.Taken, null, [], failure);
        var account = connector.AccountAsTyped(use.Settings, use.Credentials);
        steps.Ok("identify", account.Display);
        return new ProbeResult(steps.Taken, account, connector.IdentitiesAsTyped(use.Settings, use.Credentials), null);
    }
}
