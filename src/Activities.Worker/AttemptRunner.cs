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

/// <summary>An attempt to be made: of what, and at which revision of its stream.</summary>
/// <param name="At">Where the first event of the attempt is appended, without reading the stream.</param>
/// <param name="New">From the bus: the request itself is recorded in the same append.</param>
public sealed record Attempt(RequestContext Context, Guid Activity, ActivityRequested Request, Loaded<ActivityState> At, bool New)
{
    public int Number => At.State.Attempts + 1;

    /// <summary>The refusal found in the request itself.</summary>
    public RejectedException? Problem { get; init; }

    /// <summary>Where the request has just come in: its input, in clear, and the connection that was looked up for it.</summary>
    public (JsonElement Input, ConnectionView? Connection)? Fresh { get; init; }

    /// <summary>The <c>traceparent</c> of who sent it, where the bus itself has not taken that up.</summary>
    public string? Trace { get; init; }
}

/// <summary>
/// Makes attempts: begins one in the log, runs the connector, appends what came of it. Nothing is published here; whoever follows the log does.
/// A conflict at the beginning says that the attempt was begun or ended elsewhere.
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
    /// <exception cref="StreamConflictException">It was begun or ended elsewhere.</exception>
    public async Task Run(Attempt attempt, CancellationToken ct)
    {
        using var hop = Flow.RunActivity.Begin("attempt", attempt.Trace)
            ?.SetTag(HopTags.Stream, attempt.At.Stream).SetTag(HopTags.Attempt, attempt.Number);
        await Run(attempt, hop, asOfNow: false, ct);
    }

    private async Task Run(Attempt attempt, Hop? hop, bool asOfNow, CancellationToken ct)
    {
        var found = await gate.Check(attempt, asOfNow, ct);
        using var place = found.Slot;
        hop?.SetTag(HopTags.Connection, found.Connection?.Id);
        if (found.RecordInstead is { } instead)
        {
            hop?.SetTag(HopTags.Outcome, found.FailureKind);
            await Begin(attempt, instead, ct);
            return;
        }

        // all that may fail for want of a store comes before the beginning, and is tried again with the message
        var connection = found.Connection!;
        if ((attempt.Fresh?.Input ?? await seals.OpenInput(attempt.Context.Workspace, attempt.Activity, attempt.Request.Input, ct)) is not { } input)
        {
            await Begin(attempt, new RefuseActivity(FailureKind.Internal, "Its input was destroyed after the time of retention."), ct);
            return;
        }

        var credentials = await vault.Get(connection.Workspace, connection.Id, connection.VaultEntry, ct);
        if (credentials is null && !asOfNow)
        {
            place!.Dispose();
            await Run(attempt, hop, asOfNow: true, ct); // deleted or mended a moment ago, perhaps: the log knows
            return;
        }

        var timeout = TimeSpan.FromSeconds(attempt.Request.TimeoutSeconds);
        var now = clock.GetUtcNow();
        if (now + timeout > attempt.Request.Deadline) timeout = attempt.Request.Deadline - now;
        var repeatable = catalogue.Find(connection.Connector)!.Repeatable(attempt.Request.Activity, input, connection.Settings);
        var started = await Begin(
            attempt,
            new StartActivity(new ActivityStarted(
                attempt.Number, worker.Value, now + timeout, connection.Id, connection.Connector, connection.CredentialVersion, repeatable)),
            ct);

        var used = Tokens(connection);
        var result = credentials is null
            ? new ConnectorResult.Failed(FailureKind.ReauthRequired, "vault-older-than-log", Delivered.No)
            : await runner.Run(
                connection.Connector,
                new ConnectionUse(
                    connection.Workspace, connection.Id, connection.CredentialVersion, connection.Settings, credentials, Tokens: used),
                attempt.Request.Activity,
                input,
                timeout,
                ct);
        hop?.SetTag(HopTags.Outcome, result.Outcome);
        var seen = clock.GetUtcNow();
        await retry.Run(async () => await Report(attempt, started, await Outcome(attempt, result), seen, used?.Last), log);
    }

    private UsedTokens? Tokens(ConnectionView c) =>
        tokens.For(c.Workspace, c.Id, c.Connector, c.CredentialVersion, c.VaultEntry) is { } all ? new UsedTokens(all) : null;

    private Task<Loaded<ActivityState>> Begin(Attempt attempt, ActivityCommand first, CancellationToken ct) => activities.Append(
        attempt.At, attempt.New ? new AcceptActivity(attempt.Request, first) : first, attempt.Context.Metadata, ct);

    private async Task Report(Attempt attempt, Loaded<ActivityState> started, AttemptOutcome outcome, DateTimeOffset seen, int? token)
    {
        var report = new RecordOutcome(attempt.Number, outcome, seen, Random.Shared.NextDouble(), token);
        try
        {
            await activities.Append(started, report, attempt.Context.Metadata, CancellationToken.None);
        }
        catch (StreamConflictException)
        {
            // judged lost meanwhile: a late outcome may still settle what is unknown
            await activities.Handle(started.Stream, report, attempt.Context.Metadata, CancellationToken.None);
        }
    }

    private async Task<AttemptOutcome> Outcome(Attempt attempt, ConnectorResult result)
    {
        if (result is ConnectorResult.Failed failed) return await Failure(attempt, failed);
        var output = ((ConnectorResult.Done)result).Output;
        return new AttemptOutcome.Done(await seals.SealOutput(attempt.Context.Workspace, attempt.Activity, output, CancellationToken.None));
    }

    // why a connection needs its person is told to everyone; all else may quote the input, as servers do
    private async Task<AttemptOutcome> Failure(Attempt attempt, ConnectorResult.Failed failed)
    {
        if (failed.Kind == FailureKind.ReauthRequired)
            return new AttemptOutcome.Failed(failed.Kind, failed.Message, failed.Delivered, failed.RetryAfter);
        var said = await seals.SealWords(attempt.Context.Workspace, attempt.Activity, failed.Message, CancellationToken.None);
        return new AttemptOutcome.Failed(failed.Kind, "What the connector said is sealed.", failed.Delivered, failed.RetryAfter, said);
    }
}
