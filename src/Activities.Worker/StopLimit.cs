using Connections.Hosting;

namespace Activities.Worker;

/// <summary>
/// Cancels running attempts some time after the host began to stop, and for no other reason. When the broker becomes unavailable,
/// attempts keep running: the provider still does its work, and the outcome is appended to the log.
/// </summary>
public sealed class StopLimit : IDisposable
{
    private readonly CancellationTokenSource limit;
    private readonly CancellationTokenRegistration stopping;

    public StopLimit(IHostApplicationLifetime lifetime, TimeProvider clock)
    {
        limit = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        stopping = lifetime.ApplicationStopping.Register(() => limit.CancelAfter(Bus.StopTime));
    }

    public CancellationToken Token => limit.Token;

    public void Dispose()
    {
        stopping.Dispose();
        limit.Dispose();
    }
}
