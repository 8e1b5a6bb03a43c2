using Connections.ReadModels.Waits;
using EventSourcing;
using EventSourcing.Sql.Loops;

namespace Connections.Worker.Waking;

/// <summary>
/// Recovers at start when all workers and the bus are in this process: attempts begun before the start are lost, and so are all messages
/// sent before it.
/// </summary>
public sealed class EmbeddedStart(
    IEventLog log, LoopHealth loops, WaitQueries waits, LostAttempts lost, WakeSignal signal, ILogger<EmbeddedStart> logger)
    : BackgroundService
{
    private long head;

    // Read the head before any other service of this process appends.
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
        logger.LogInformation("Ended the attempts that an earlier run left, up to position {Position}", head);
    }
}
