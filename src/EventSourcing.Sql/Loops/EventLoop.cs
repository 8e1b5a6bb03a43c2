using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventSourcing.Sql;

/// <summary>What every loop needs beside its own work.</summary>
public sealed record LoopTools(IEventLog Log, ILeases Leases, LoopHealth Health, TimeProvider Clock, ILoggerFactory Loggers);

/// <summary>
/// Follows the log from a checkpoint, which is read again at each start and after each trouble. Stops right before an event it cannot
/// handle, says so, and tries again.
/// </summary>
public abstract class EventLoop(string name, IReadOnlyList<string> prefixes, Checkpoints checkpoints, LoopTools tools) : BackgroundService
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    private readonly LoopReport report = tools.Health.Of(name);
    private readonly Backoff backoff = new(tools.Clock);
    private readonly ILogger logger = tools.Loggers.CreateLogger<EventLoop>();
    private long saved;
    private long savedAt;
    private bool prepared;

    /// <summary>Makes the tables.</summary>
    protected abstract Task Prepare(CancellationToken ct);

    /// <summary>Does the work and moves the checkpoint; false when the checkpoint was not there any more.</summary>
    protected abstract Task<bool> Handle(IReadOnlyList<RecordedEvent> events, long from, long to, CancellationToken ct);

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
        saved = await checkpoints.Read(name, ct);
        savedAt = tools.Clock.GetTimestamp();
        report.At(saved, caughtUp: false);
        await foreach (var batch in tools.Log.Subscribe(prefixes, saved, ct))
        {
            if (!tools.Leases.Holds(name) || !await Take(batch, ct)) return;
            report.At(batch.Position, batch.CaughtUp);
            if (batch.Events.Count == 0 && !batch.CaughtUp) continue; // perhaps on its way to the event it failed at
            backoff.Reset();
            if (report.Status.State != LoopState.Running) report.Is(LoopState.Running);
        }

        throw new EndOfStreamException("The subscription ended, though the log has no end.");
    }

    private async Task<bool> Take(LogBatch batch, CancellationToken ct)
    {
        if (batch.Events.Count > 0) return await HandleUpToTheBadOne(batch, ct);
        if (batch.Position == saved || tools.Clock.GetElapsedTime(savedAt) < Quiet) return true;
        return await checkpoints.Move(name, saved, batch.Position, ct) && Saved(batch.Position);
    }

    private async Task<bool> HandleUpToTheBadOne(LogBatch batch, CancellationToken ct)
    {
        try
        {
            return await Handle(batch.Events, saved, batch.Position, ct) && Saved(batch.Position);
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
            if (!await Handle([e], saved, e.Position, ct)) return false;
            report.At(e.Position, caughtUp: false);
            return Saved(e.Position);
        }
        catch (Exception inner) when (!ct.IsCancellationRequested)
        {
            throw new EventNotHandledException(e, inner);
        }
    }

    private bool Saved(long position)
    {
        (saved, savedAt) = (position, tools.Clock.GetTimestamp());
        return true;
    }

    private async Task Fail(Exception e, CancellationToken ct)
    {
        var error = EventNotHandledException.Describe(e);
        if (error != report.Status.Error) logger.LogError("Loop {Loop} stands at {Position}: {Error}", name, report.Status.Position, error);
        report.Is(LoopState.Failing, error);
        try
        {
            await backoff.Wait(ct);
        }
        catch (OperationCanceledException)
        {
            // stopping: the loop looks at the token itself
        }
    }

    /// <summary>What a quiet loop has passed over since its last save; if it fails, that is read again.</summary>
    private async Task SaveOnStop()
    {
        var (position, state) = (report.Status.Position, report.Status.State);
        if (state != LoopState.Running || position <= saved || !tools.Leases.Holds(name)) return;
        try
        {
            await checkpoints.Move(name, saved, position, CancellationToken.None);
        }
        catch (Exception e)
        {
            logger.LogWarning("Loop {Loop} could not save its position: {Error}", name, EventNotHandledException.Describe(e));
        }
    }
}
