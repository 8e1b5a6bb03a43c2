using System.Text.Json;
using Connections.Connectors;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Pipeline;
using Connections.Credentials.Vault;
using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Operations;
using Connections.Operations.Activities;
using Connections.Operations.Grants;
using Connections.ReadModels.Connections;
using EventSourcing;
using Hop = System.Diagnostics.Activity;

namespace Activities.Worker;

/// <summary>An attempt to run an activity.</summary>
/// <param name="At">The state and revision at which the attempt's first event is appended, without reading the stream.</param>
/// <param name="New">The activity came from the bus: the same append records the request itself.</param>
public sealed record Attempt(RequestContext Context, Guid Activity, ActivityRequested Request, Loaded<ActivityState> At, bool New)
{
    public int Number => At.State.Attempts + 1;

    /// <summary>The rejection of the request itself; null for a valid request.</summary>
    public RejectedException? Problem { get; init; }

    /// <summary>For a request that has just arrived: its plain input, and the connection that was looked up for it.</summary>
    public (JsonElement Input, ConnectionView? Connection)? Fresh { get; init; }

    /// <summary>The sender's <c>traceparent</c>, when MassTransit has not read a trace header itself.</summary>
    public string? Trace { get; init; }
}

/// <summary>
/// Runs attempts: appends the start, runs the connector, and appends the outcome. Reactors publish the outcome from the log. A conflict at
/// the start means that another worker began or ended the attempt.
/// </summary>
public sealed class AttemptRunner(
    ActivityStreams activities,
    AttemptGate gate,
    ConnectorRunner runner,
    ConnectorCatalogue catalogue,
    IVault vault,
    AccessTokens tokens,
    ActivitySeals seals,
    RetryUntilStored retry,
    WorkerName worker,
    TimeProvider clock,
    ILogger<AttemptRunner> log)
{
    /// <exception cref="StreamConflictException">Another worker began or ended the attempt.</exception>
    public async Task Run(Attempt attempt, CancellationToken ct)
    {
        using var hop = Flow.RunActivity.Begin("attempt", attempt.Trace)
            ?.SetTag(HopTags.Stream, attempt.At.Stream).SetTag(HopTags.Attempt, attempt.Number);
        await Run(attempt, hop, readLog: false, ct);
    }

    private async Task Run(Attempt attempt, Hop? hop, bool readLog, CancellationToken ct)
    {
        var admission = await gate.Check(attempt, readLog, ct);
        using var slot = admission.Slot;
        hop?.SetTag(HopTags.Connection, admission.Connection?.Id);
        if (admission.RecordInstead is { } instead)
        {
            hop?.SetTag(HopTags.Outcome, admission.FailureKind);
            await Begin(attempt, instead, ct);
            return;
        }

        // Every read that an unavailable store can fail comes before the start is appended: the message is then retried as a whole.
        var connection = admission.Connection!;
        var (opened, problem) = attempt.Fresh is { Input: var fresh }
            ? (fresh, null)
            : await seals.OpenInput(attempt.Context.Activity(attempt.Activity), attempt.Request.Input, ct);
        if (opened is not { } input)
        {
            await Begin(attempt, new RefuseActivity(FailureKind.Internal, problem!), ct);
            return;
        }

        var credentials = await vault.GetBound(
            new ConnectionId(connection.Workspace, connection.Id), connection.VaultEntry, connection.Connector, connection.Settings, ct);
        if (credentials is null && !readLog)
        {
            slot!.Dispose();
            await Run(attempt, hop, readLog: true, ct); // the connection may have been deleted or reconnected a moment ago
            return;
        }

        attempt = await WithHistory(attempt, ct);
        using var stage = new AttemptStage(activities, vault, retry, attempt, new ConnectionId(connection.Workspace, connection.Id), log);
        var stageOpened = await stage.Open(attempt.At.State, ct);
        var timeout = TimeSpan.FromSeconds(attempt.Request.TimeoutSeconds);
        var now = clock.GetUtcNow();
        if (now + timeout > attempt.Request.Deadline) timeout = attempt.Request.Deadline - now;
        var found = catalogue.Find(connection.Connector)!;
        var repeatable = found.Repeatable(attempt.Request.Activity, input, connection.Settings);
        stage.Begin(await Begin(
            attempt,
            new StartActivity(new ActivityStarted(
                attempt.Number, worker.Value, now + timeout, connection.Id, connection.Connector, connection.CredentialVersion, repeatable,
                found.Entry.Version)),
            ct));

        var used = Tokens(connection);
        var result = credentials is null
            ? new ConnectorResult.Failed(FailureKind.ReauthRequired, "vault-older-than-log", Delivered.No)
            : !stageOpened && !repeatable
            ? new ConnectorResult.Failed(
                FailureKind.Internal, "The vault does not have the stage that an earlier attempt stored.", Delivered.Maybe)
            : await runner.Run(
                connection.Connector,
                new ConnectionUse(
                    connection.Workspace, connection.Id, connection.CredentialVersion, connection.Settings, credentials, Tokens: used,
                    Activity: attempt.Activity, Stage: stage),
                attempt.Request.Activity,
                input,
                timeout,
                ct,
                token => TestedSinceRejection(attempt, connection, token));
        hop?.SetTag(HopTags.Outcome, result.Outcome);
        var finishedAt = clock.GetUtcNow();
        var ended = false;
        await retry.Run(
            async () => ended = await Report(attempt, stage.At, await seals.Outcome(attempt, result), finishedAt, used?.Last),
            log,
            CancellationToken.None);
        if (ended) await Forget(stage);
    }

    // The sender knows the request and the number of attempts. What earlier attempts stored is in the stream.
    private async Task<Attempt> WithHistory(Attempt attempt, CancellationToken ct)
    {
        if (attempt.At.State.Attempts == 0) return attempt;
        var now = await activities.Load(attempt.Context.Activity(attempt.Activity), ct);
        return now.Revision == attempt.At.Revision ? attempt with { At = now } : attempt; // another revision conflicts at the start
    }

    private async Task Forget(AttemptStage stage)
    {
        try
        {
            await stage.Forget(CancellationToken.None);
        }
        catch (Exception unavailable)
        {
            log.LogWarning(
                "The stage of {Stream} stays in the vault until the next sweep: {Error}", stage.At.Stream, unavailable.GetType().Name);
        }
    }

    private UsedTokens? Tokens(ConnectionView c) =>
        tokens.For(new ConnectionId(c.Workspace, c.Id), c.Connector, c.CredentialVersion, c.VaultEntry, c.Settings) is { } all ? new UsedTokens(all) : null;

    private Task<Loaded<ActivityState>> Begin(Attempt attempt, ActivityCommand first, CancellationToken ct) => activities.Append(
        attempt.At, attempt.New ? new AcceptActivity(attempt.Request, first) : first, attempt.Context.Metadata, ct);

    /// <returns>Whether the activity has ended.</returns>
    private async Task<bool> Report(
        Attempt attempt, Loaded<ActivityState> started, AttemptOutcome outcome, DateTimeOffset finishedAt, int? token)
    {
        var report = new RecordOutcome(attempt.Number, outcome, finishedAt, Random.Shared.NextDouble(), token);
        try
        {
            return (await activities.Append(started, report, attempt.Context.Metadata, CancellationToken.None)).State.Ended;
        }
        catch (StreamConflictException)
        {
            // The attempt was recorded as lost meanwhile. A late outcome can still replace an unknown one.
            var id = attempt.Context.Activity(attempt.Activity);
            return (await activities.Handle(id, report, attempt.Context.Metadata, CancellationToken.None)).State.Ended;
        }
    }

    // A test accepted these credentials after they had been reported as rejected, or a reconnect replaced those that this activity met.
    private async Task<bool> TestedSinceRejection(Attempt attempt, ConnectionView connection, CancellationToken ct)
    {
        if (connection.TestedSinceRejection) return true;
        try
        {
            var met = (await activities.Load(attempt.Context.Activity(attempt.Activity), ct)).State.LastRejection;
            return met?.ConnectionId == connection.Id && met.CredentialVersion < connection.CredentialVersion;
        }
        catch (Exception unavailable) when (unavailable is not OperationCanceledException)
        {
            log.LogWarning("The history of {Stream} cannot be read: {Error}", attempt.At.Stream, unavailable.GetType().Name);
            return false; // the rejection counts
        }
    }
}
