using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventSourcing.Sql.Loops;

/// <summary>
/// Follows the log from a checkpoint, which is read again at each start and after each trouble. Stops right before an event it cannot
/// handle, says so, and tries again.
/// </summary>
/// <param name="pace">Where events come one by one, so long is gathered for the next handling; the first is handled at once.</param>
public abstract class EventLoop(string name, IReadOnlyList<string> prefixes, TimeSpan pace, Checkpoints checkpoints, LoopContext tools)
    : BackgroundService
{
    private readonly LoopReport report = tools.Health.For(name);
    private readonly Backoff backoff = new(tools.Clock);
    private readonly ILogger logger = tools.Loggers.CreateLogger<EventLoop>();
    private readonly LoopCheckpoint checkpoint = new(name, checkpoints, tools.Clock);
    private Task? quiet;
    private bool prepared;

    /// <summary>Makes the tables.</summary>
    protected abstract Task Prepare(CancellationToken ct);

    /// <summary>Does the work, and perhaps moves the checkpoint with it.</summary>
    protected abstract Task<CheckpointOutcome> Handle(IReadOnlyList<RecordedEvent> events, long from, long to, CancellationToken ct);

    /// <summary>Queries may come as soon as the host has started: by then the tables are there, if the database is.</summary>
    /// <exception cref="NewerSchemaException">Waiting would not help.</exception>
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
                if (!tools.Leases.Holds(name)) report.Is(LoopState.WaitingForLease);
                await tools.Leases.Wait(name, stoppingToken);
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
        quiet = null;
        report.At(checkpoint.Saved, caughtUp: false);
        using var following = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await using var batches = tools.Log.Subscribe(prefixes, checkpoint.Saved, following.Token).GetAsyncEnumerator(CancellationToken.None);
        while (await Next(batches, following) is { } batch)
        {
            if (!tools.Leases.Holds(name) || !await Take(batch, ct)) break;
            report.At(batch.Position, batch.CaughtUp);
            if (batch.Events.Count == 0 && !batch.CaughtUp) continue; // perhaps on its way to the event it failed at
            backoff.Reset();
            if (report.Status.State != LoopState.Running) report.Is(LoopState.Running);
            if (pace > TimeSpan.Zero && batch is { CaughtUp: true, Events.Count: > 0 }) await Task.Delay(pace, TimeProvider.System, ct);
        }

        await checkpoint.Save(ct); // what was done was done, whoever goes on
    }

    /// <summary>Null when another instance was there.</summary>
    private async Task<LogBatch?> Next(IAsyncEnumerator<LogBatch> batches, CancellationTokenSource following)
    {
        var coming = batches.MoveNextAsync().AsTask();
        if (!coming.IsCompleted && checkpoint.HasUnsaved)
        {
            var goesOn = false;
            try
            {
                goesOn = await SaveWhenQuiet(coming, following.Token);
            }
            finally
            {
                if (!goesOn) await following.CancelAsync();
                if (!goesOn) await Task.WhenAny(coming); // an enumerator is not left in the middle of a move
            }

            if (!goesOn) return null;
        }

        return await coming ? batches.Current : throw new EndOfStreamException("The subscription ended, though the log has no end.");
    }

    // how far it has come and not saved is saved when nothing more comes for a while
    private async Task<bool> SaveWhenQuiet(Task coming, CancellationToken ct)
    {
        quiet ??= Task.Delay(LoopCheckpoint.Quiet, tools.Clock, ct); // one for all that comes meanwhile
        await Task.WhenAny(coming, quiet);
        if (coming.IsCompleted) return true;
        quiet = null;
        return !tools.Leases.Holds(name) || await checkpoint.Save(ct);
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
                if (!tools.Leases.Holds(name) || !await HandleOne(e, ct)) return false;
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
            await checkpoint.Save(ct); // those before it were handled: they are not handled again with it
            throw new EventNotHandledException(e, inner);
        }
    }

    private async Task Fail(Exception e, CancellationToken ct)
    {
        var error = EventNotHandledException.Describe(e);
        if (error != report.Status.Error) logger.LogError("Loop {Loop} stands at {Position}: {Error}", name, report.Status.Position, error);
        report.Is(LoopState.Failing, error);
        try
        {
            // while a newer version is rolled out, one of its instances may know the event
            if (e is EventNotHandledException { InnerException: UnknownEventException }) tools.Leases.GiveBack(name);
            await backoff.Wait(ct);
        }
        catch (OperationCanceledException)
        {
            // stopping: the loop looks at the token itself
        }
    }

    /// <summary>What it has come to since its last save; if it fails, that is read again.</summary>
    private async Task SaveOnStop()
    {
        if (report.Status.State != LoopState.Running || !tools.Leases.Holds(name)) return;
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
