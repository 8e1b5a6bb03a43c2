using System.Collections.Concurrent;
using Connections.Connectors.OAuth;
using Connections.Domain;
using Microsoft.Extensions.Logging;

namespace Connections.Connectors.Pipeline;

/// <summary>
/// Faults that only an operator can fix: a rejected client secret, an API that is not enabled, an address that is not allowed. Each fault
/// is logged once per process, however many connections it affects, and once more when it is over.
/// </summary>
public sealed class OperatorFaults(OAuthApplications applications, ILogger<OperatorFaults> log)
{
    // Keyed by OAuth application, or by connector if there is none.
    private readonly ConcurrentDictionary<string, Source> open = new();

    private enum Source
    {
        TokenEndpoint,
        Activity
    }

    /// <summary>The number of open faults.</summary>
    public int Open => open.Count;

    /// <summary>Records the result of a token endpoint call.</summary>
    /// <param name="message">Contains no secret.</param>
    internal void RecordTokenResult(OAuthApplication application, FailureKind? failure, string message)
    {
        var id = application.ClientId;
        if (failure == FailureKind.Operator)
        {
            if (open.TryAdd(id, Source.TokenEndpoint))
                log.LogError("OAuth application {ClientId} was rejected; its activities wait until an operator fixes it: {Message}", id, message);
        }
        else if (failure is null && open.TryRemove(KeyValuePair.Create(id, Source.TokenEndpoint)))
        {
            log.LogInformation("OAuth application {ClientId} is accepted again", id);
        }
    }

    /// <summary>Records the result of an activity. Its message is not logged, because it may quote the input.</summary>
    internal void RecordActivityResult(string connector, string workspace, ConnectorResult result)
    {
        if (result is ConnectorResult.Failed { Kind: FailureKind.Operator })
        {
            if (open.TryAdd(Cause(connector, workspace), Source.Activity))
            {
                log.LogError(
                    "Activities of {Connector} wait until an operator fixes its configuration or OAuth application; the activities of {Workspace} contain the cause",
                    connector,
                    workspace);
            }
        }
        else if (result is not ConnectorResult.Failed && !open.IsEmpty && open.TryRemove(Cause(connector, workspace), out _))
        {
            log.LogInformation("Activities of {Connector} run again", connector);
        }
    }

    private string Cause(string connector, string workspace) => applications.Find(connector, workspace)?.ClientId ?? connector;
}
