using Connections.Connectors.Guard;
using Connections.Domain;
using EventSourcing;
using Microsoft.Extensions.Options;

namespace Connections.Operations.Connections;

/// <summary>Rejects credentials that failed the connection test, with a code that depends on the failure.</summary>
public sealed class ProbeRejections(IOptions<NetworkOptions> network)
{
    /// <summary>Null when the test succeeded.</summary>
    public RejectedException? RejectionFor(ProbeReport probed)
    {
        if (probed.Result.Failure is not { } failure) return null;
        var facts = new Dictionary<string, object?> { ["kind"] = probed.Outcome, ["steps"] = probed.Result.Steps };
        var code = failure.Kind switch
        {
            FailureKind.ReauthRequired => "connection.credentials-rejected",
            FailureKind.Unavailable or FailureKind.Timeout => "connection.unreachable",
            _ => "connection.test-failed"
        };
        if (code == "connection.unreachable" && network.Value.EgressAddresses.Count > 0) facts["egressAddresses"] = network.Value.EgressAddresses;
        return new RejectedException(code, failure.Reason) { Facts = facts };
    }
}
