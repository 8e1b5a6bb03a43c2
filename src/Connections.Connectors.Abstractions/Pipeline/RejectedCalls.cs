using Connections.Domain;

namespace Connections.Connectors.Pipeline;

/// <summary>
/// Judges calls that the provider rejected although a test had accepted the credentials. Another test tells whether the credentials are
/// rejected by now, or only this call is.
/// </summary>
internal sealed class RejectedCalls(CredentialMemory memory, TimeProvider clock)
{
    private const string OnlyThisCall = "The provider refuses this call although the connection's test passes. Check what the account may do, "
        + "and whether the test uses the credentials.";

    public async Task<ConnectorResult.Failed> Judge(
        IConnector connector, ConnectionUse use, ConnectorResult.Failed rejection, CancellationToken ct)
    {
        var (key, rejectedAt) = (CredentialKey.From(use), clock.GetTimestamp());
        try
        {
            using var turn = await memory.Turn(key, ct);
            if (memory.Dead(key) is { } dead) return dead;
            // Calls that were rejected before one test began share it.
            if (!memory.TestedSince(key, rejectedAt))
            {
                var began = clock.GetTimestamp();
                var probed = await connector.Probe(use, ct);
                // Nothing was done at the provider, so the call may be repeated when the test can be made.
                if (probed.Failure is
                    { Kind: FailureKind.Unavailable or FailureKind.Timeout or FailureKind.Throttled or FailureKind.Operator } untested)
                    return untested with { Delivered = Delivered.No };
                if (!probed.Ok) return rejection;
                memory.MarkTested(key, began);
            }
        }
        catch (OperationCanceledException)
        {
            return new ConnectorResult.Failed(FailureKind.Timeout, "The timeout passed before the credentials were tested.", Delivered.No);
        }

        return new ConnectorResult.Failed(FailureKind.Forbidden, $"{OnlyThisCall} {rejection.Message}", Delivered.No, Answered: true)
        {
            OwnWords = OnlyThisCall
        };
    }
}
