using Connections.Connectors.Catalogue;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Domain.Connection;
using Connections.Operations;
using Connections.Operations.Activities;
using Connections.Operations.Connections;
using Connections.ReadModels.Connections;
using EventSourcing;

namespace Activities.Worker;

/// <summary>The result of the check before an attempt: a connection and a slot to run in, or a command that is recorded instead.</summary>
public sealed record GateResult(ConnectionView? Connection, IDisposable? Slot, ActivityCommand? RecordInstead)
{
    /// <summary>The kind of failure that is recorded instead.</summary>
    public string? FailureKind => RecordInstead switch
    {
        DeferActivity d => Outcome.From(d.Kind),
        RefuseActivity r => Outcome.From(r.Kind),
        _ => null
    };
}

/// <summary>Decides whether an attempt can run now.</summary>
public sealed class AttemptGate(
    ConnectionDirectory directory, ConnectorCatalogue catalogue, ConnectorRunner runner, ActivitySeals seals, TimeProvider clock)
{
    private static readonly TimeSpan OperatorDelay = TimeSpan.FromMinutes(5);

    /// <param name="readLog">Read the connection from the event log, because the read model was stale.</param>
    public async Task<GateResult> Check(Attempt attempt, bool readLog, CancellationToken ct)
    {
        if (attempt.Problem is { } problem) return Instead(await Refuse(attempt, problem, ct));
        if (attempt.Request.Deadline <= clock.GetUtcNow())
            return Instead(new RefuseActivity(FailureKind.Timeout, "The deadline passed before a worker started the activity."));

        var connection = readLog ? await ConnectionNow(attempt, ct) : await Connection(attempt, ct);
        if (connection is null or { Status: ConnectionStatus.Deleted }) return await Missing(attempt, connection, ct);
        if (connection.Status == ConnectionStatus.ReauthRequired)
        {
            return Instead(attempt.Request.OnReauth == OnReauth.Fail
                ? new RefuseActivity(FailureKind.ReauthRequired, connection.StatusReason ?? "The connection needs a reconnect.")
                : Defer(attempt, FailureKind.ReauthRequired, connection.StatusReason ?? "The connection needs a reconnect.", connection));
        }

        if (catalogue.Find(connection.Connector) is null)
        {
            return Instead(Defer(attempt, FailureKind.Operator, $"The connector \"{connection.Connector}\" is not in the catalogue of the worker.", connection)
                with
            { Until = clock.GetUtcNow() + OperatorDelay });
        }

        if (runner.Pause(connection.Connector, connection.Settings, attempt.Request.Activity) is { } pause)
        {
            return Instead(Defer(attempt, FailureKind.Unavailable, "The host did not answer several times in a row.", connection)
                with
            { Until = clock.GetUtcNow() + pause });
        }

        var slot = runner.TryEnter(connection.Connector, connection.Workspace, connection.Id);
        return slot is null
            ? Instead(Defer(attempt, FailureKind.Busy, "The connection already runs its maximum number of activities.", connection))
            : new GateResult(connection, slot, null);
    }

    // The names of fields come from the input, so they are sealed.
    private async Task<RefuseActivity> Refuse(Attempt attempt, RejectedException problem, CancellationToken ct)
    {
        if (problem.Errors.Count == 0) return new RefuseActivity(FailureKind.InvalidInput, problem.Message);
        var fields = string.Join(' ', problem.Errors.Select(error => $"{error.Field}: {error.Message}"));
        var sealedMessage = await seals.SealWords(attempt.Context.Activity(attempt.Activity), Texts.Cut($"{problem.Message} {fields}")!, ct);
        return new RefuseActivity(FailureKind.InvalidInput, problem.Message, sealedMessage);
    }

    private async Task<ConnectionView?> Connection(Attempt attempt, CancellationToken ct) => attempt.Request.ConnectionId is { } id
        ? attempt.Fresh?.Connection ?? await directory.Find(attempt.Context.Connection(id), ct)
        : await directory.Named(attempt.Context.Workspace, attempt.Request.Connector!, attempt.Request.ConnectionName!, ct);

    private async Task<ConnectionView?> ConnectionNow(Attempt attempt, CancellationToken ct) => attempt.Request.ConnectionId is { } id
        ? await directory.Now(attempt.Context.Connection(id), ct)
        : await directory.NamedNow(attempt.Context.Workspace, attempt.Request.Connector!, attempt.Request.ConnectionName!, ct);

    private async Task<GateResult> Missing(Attempt attempt, ConnectionView? connection, CancellationToken ct)
    {
        var (workspace, request) = (attempt.Context.Workspace, attempt.Request);
        if (connection is not null) return Instead(new RefuseActivity(FailureKind.ConnectionDeleted, "The connection was deleted."));
        if (request.ConnectionId is not null) return Instead(new RefuseActivity(FailureKind.NotFound, "There is no such connection."));
        return Instead(await directory.EverNamed(workspace, request.Connector!, request.ConnectionName!, ct)
            ? Defer(attempt, FailureKind.ConnectionDeleted, $"No connection is named \"{request.ConnectionName}\" now.", null)
            : new RefuseActivity(FailureKind.NotFound, $"No connection was ever named \"{request.ConnectionName}\"."));
    }

    private static DeferActivity Defer(Attempt attempt, FailureKind kind, string message, ConnectionView? connection) =>
        new(attempt.At.State.Attempts, kind, message, null, connection?.Id, connection?.CredentialVersion ?? 0);

    private static GateResult Instead(ActivityCommand command) => new(null, null, command);
}
