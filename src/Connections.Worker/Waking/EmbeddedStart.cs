using Connections.ReadModels.Waits;
using EventSourcing;
using EventSourcing.Sql.Loops;

namespace Connections.Worker.Waking;

/// <summary>
/// For the shape in which all workers and the bus are in one process: after a start nothing that was begun runs any more, and no message
/// that was sent is under way.
/// </summary>
public sealed class EmbeddedStart(
    IEventLog log, LoopHealth loops, WaitQueries waits, LostAttempts lost, WakeSignal signal, ILogger<EmbeddedStart> logger)
    : BackgroundService
{
    private long head;

    // before anything else of this process appends
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        head = await log.Head(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (head == Position.Start) return;
        await loops.Reached("waits", head, stoppingToken);
        await lost.JudgeAll(head, stoppingToken);
        await waits.ForgetSent(stoppingToken);
        signal.Pulse();
        logger.LogInformation("What an earlier start left running was judged, up to position {Position}", head);
    }
}
