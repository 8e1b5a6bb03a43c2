using Connections.Connectors;
using Connections.Domain;
using EventSourcing;

namespace Connections.Operations;

/// <summary>A connection is not saved with credentials that do not work: the refusal, by what failed.</summary>
public sealed class Refusals(NetworkOptions network)
{
    /// <summary>Null when the try succeeded.</summary>
    public RejectedException? Of(Probed probed)
    {
        if (probed.Result.Failure is not { } failure) return null;
        var facts = new Dictionary<string, object?> { ["kind"] = probed.Outcome, ["steps"] = probed.Result.Steps };
        var code = failure.Kind switch
        {
            FailureKind.ReauthRequired => "connection.credentials-rejected",
            FailureKind.Unavailable or FailureKind.Timeout => "connection.unreachable",
            _ => "connection.test-failed"
        };
        if (code == "connection.unreachable" && network.EgressAddresses.Count > 0) facts["egressAddresses"] = network.EgressAddresses;
        return new RejectedException(code, failure.Message) { Facts = facts };
    }
}
