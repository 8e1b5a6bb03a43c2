using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventSourcing.Sql.Loops;

/// <summary>
/// Follows the log from a checkpoint, which is read again at each start and after each failure. On an event that cannot be handled the loop
/// stops before it, reports it, and tries again.
/// </summary>
/// <param name="pace">The time for which arriving events are gathered for the next call. The first event is handled at once.</param>
public abstract class EventLoop(string name, IReadOnlyList<string> prefixes, TimeSpan pace, Checkpoints checkpoints, LoopContext context)
    : BackgroundService
{
    private readonly LoopReport report = context.Health.For(name);
    private readonly Backoff backoff = new(BackoffCurve.Default, context.Clock);
    private readonly ILogger logger = context.Loggers.CreateLogger<EventLoop>();
    private readonly LoopCheckpoint checkpoint = new(name, checkpoints, context.Clock);
    private Task? quiet;
    private bool prepared;

    /// <summary>Creates the tables.</summary>
    protected abstract Task Prepare(CancellationToken ct);

    /// <summary>Handles the events, and may move the checkpoint in the same transaction.</summary>
    protected abstract Task<CheckpointOutcome> Handle(IReadOnlyList<RecordedEvent> events, long from, long to, CancellationToken ct);

    /// <summary>Creates the tables before the host has started, if the database is available, so that queries can run at once.</summary>
    /// <exception cref="NewerSchemaException">A newer version changed the tables; retrying would not help.</exception>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Prepare(cancellationToken);
            prepared = true;
        }
        catch (Exception e) when (e is not (NewerSchemaException or OperationCanceledException))
        {
            report.Is(LoopState.Failing, EventNotHandledException.Describe(e));
        }

        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!prepared) await Prepare(stoppingToken);
                prepared = true;
                if (!context.Leases.Holds(name)) report.Is(LoopState.WaitingForLease);
                await context.Leases.Wait(name, stoppingToken);
                await Follow(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                await Fail(e, stoppingToken);
            }
        }

        await SaveOnStop();
        report.Is(LoopState.Stopped);
    }

    private async Task Follow(CancellationToken ct)
    {
        await checkpoint.Read(ct);
        if (await context.Log.Head(ct) is var head && head < checkpoint.Saved) throw new CheckpointAheadException(checkpoint.Saved, head);
        quiet = null;
        report.At(checkpoint.Saved, caughtUp: false);
        using var following = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var subscription = context.Log.Subscribe(prefixes, checkpoint.Saved, following.Token);
        await using var batches = subscription.GetAsyncEnumerator(CancellationToken.None);
        while (await Next(batches, following) is { } batch)
        {
            if (!context.Leases.Holds(name) || !await Take(batch, ct)) break;
            report.At(batch.Position, batch.CaughtUp);
            if (batch.Events.Count == 0 && !batch.CaughtUp) continue; // the failing event may still be ahead, so do not reset the back-off
            backoff.Reset();
            if (report.Status.State != LoopState.Running) report.Is(LoopState.Running);
            if (pace > TimeSpan.Zero && batch is { CaughtUp: true, Events.Count: > 0 }) await Task.Delay(pace, TimeProvider.System, ct);
        }

        await checkpoint.Save(ct); // record the completed work, also when another instance continues
    }

    /// <summary>Null when another instance moved the checkpoint.</summary>
    private async Task<LogBatch?> Next(IAsyncEnumerator<LogBatch> batches, CancellationTokenSource following)
    {
        var next = batches.MoveNextAsync().AsTask();
        if (!next.IsCompleted && checkpoint.HasUnsaved)
        {
            var continues = false;
            try
            {
                continues = await SaveWhenQuiet(next, following.Token);
            }
            finally
            {
                if (!continues) await following.CancelAsync();
                if (!continues) await Task.WhenAny(next); // an enumerator must not be disposed during MoveNextAsync
            }

            if (!continues) return null;
        }

        return await next ? batches.Current : throw new EndOfStreamException("The subscription ended, though the log has no end.");
    }

    // Saves the unsaved position when no event arrives for a while.
    private async Task<bool> SaveWhenQuiet(Task next, CancellationToken ct)
    {
        quiet ??= Task.Delay(LoopCheckpoint.Quiet, context.Clock, ct); // one timer for all batches until the save
        await Task.WhenAny(next, quiet);
        if (next.IsCompleted) return true;
        quiet = null;
        return !context.Leases.Holds(name) || await checkpoint.Save(ct);
    }

    private async Task<bool> Take(LogBatch batch, CancellationToken ct) =>
        (batch.Events.Count == 0 || await HandleUpToFailing(batch, ct)) && await checkpoint.Pass(batch.Position, ct);

    private async Task<bool> HandleUpToFailing(LogBatch batch, CancellationToken ct)
    {
        try
        {
            return checkpoint.Note(await Handle(batch.Events, checkpoint.Saved, batch.Position, ct), batch.Position);
        }
        catch (Exception) when (batch.Events.Count > 1 && !ct.IsCancellationRequested)
        {
            foreach (var e in batch.Events)
            {
                if (!context.Leases.Holds(name) || !await HandleOne(e, ct)) return false;
            }
        }
        catch (Exception inner) when (!ct.IsCancellationRequested)
        {
            throw new EventNotHandledException(batch.Events[0], inner);
        }

        return true;
    }

    private async Task<bool> HandleOne(RecordedEvent e, CancellationToken ct)
    {
        try
        {
            if (!checkpoint.Note(await Handle([e], checkpoint.Saved, e.Position, ct), e.Position)) return false;
            report.At(e.Position, caughtUp: false);
            return true;
        }
        catch (Exception inner) when (!ct.IsCancellationRequested)
        {
            await checkpoint.Save(ct); // the events before it were handled and must not be repeated with it
            throw new EventNotHandledException(e, inner);
        }
    }

    private async Task Fail(Exception e, CancellationToken ct)
    {
        var error = EventNotHandledException.Describe(e);
        if (error != report.Status.Error)
            logger.LogError("Loop {Loop} cannot continue after position {Position}: {Error}", name, report.Status.Position, error);
        report.Is(LoopState.Failing, error);
        try
        {
            // During the rollout of a newer version, one of its instances may know the event type.
            if (e is EventNotHandledException { InnerException: UnknownEventException }) context.Leases.GiveBack(name);
            await backoff.Wait(ct);
        }
        catch (OperationCanceledException)
        {
            // Stopping: the loop checks the token itself.
        }
    }

    /// <summary>Saves the position at shutdown. If that fails, the events since the last save are handled again.</summary>
    private async Task SaveOnStop()
    {
        if (report.Status.State != LoopState.Running || !context.Leases.Holds(name)) return;
        try
        {
            await checkpoint.Save(CancellationToken.None);
        }
        catch (Exception e)
        {
            logger.LogWarning("Loop {Loop} could not save its position: {Error}", name, EventNotHandledException.Describe(e));
        }
    }
}
