using System.Collections.Concurrent;
using Connections.Connectors.OAuth;
using Connections.Domain;
using Microsoft.Extensions.Logging;

namespace Connections.Connectors.Pipeline;

/// <summary>
/// Faults that only an operator can mend: a client secret that is not taken, an API that is not switched on, an address that is not allowed.
/// The log tells each once, however many connections meet it, and tells when it is over. Of one process.
/// </summary>
public sealed class OperatorFaults(OAuthApplications applications, ILogger<OperatorFaults> log)
{
    // by OAuth application, or by connector where there is none
    private readonly ConcurrentDictionary<string, Seen> open = new();

    private enum Seen
    {
        AtTokens,
        InActivities
    }

    /// <summary>How many there are now.</summary>
    public int Open => open.Count;

    /// <summary>What a token endpoint said to one of our applications.</summary>
    /// <param name="message">Holds no secret.</param>
    internal void AtTokens(OAuthApplication application, FailureKind? failure, string message)
    {
        var id = application.ClientId;
        if (failure == FailureKind.Operator)
        {
            if (open.TryAdd(id, Seen.AtTokens))
                log.LogError("OAuth application {ClientId} is refused; what needs it waits until an operator mends it: {Message}", id, message);
        }
        else if (failure is null && open.TryRemove(KeyValuePair.Create(id, Seen.AtTokens)))
        {
            log.LogInformation("OAuth application {ClientId} is taken again", id);
        }
    }

    /// <summary>What came of an activity. Its message may quote the input, and is told to whoever may read the activity.</summary>
    internal void InActivities(string connector, string workspace, ConnectorResult result)
    {
        if (result is ConnectorResult.Failed { Kind: FailureKind.Operator })
        {
            if (open.TryAdd(Cause(connector, workspace), Seen.InActivities))
            {
                log.LogError(
                    "Activities of {Connector} wait until an operator mends its configuration or its OAuth application; those of {Workspace} say what is wrong",
                    connector,
                    workspace);
            }
        }
        else if (result is ConnectorResult.Done && !open.IsEmpty && open.TryRemove(Cause(connector, workspace), out _))
        {
            log.LogInformation("Activities of {Connector} run again", connector);
        }
    }

    private string Cause(string connector, string workspace) => applications.Find(connector, workspace)?.ClientId ?? connector;
}
