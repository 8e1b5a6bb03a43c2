using Connections.Hosting;

namespace Activities.Worker;

/// <summary>
/// When running attempts are broken off: a while after the host was told to stop, and for no other reason. That the broker went away is
/// none: what a provider was asked to do is still done, and told to the log.
/// </summary>
public sealed class StopLimit : IDisposable
{
    private readonly CancellationTokenSource over;
    private readonly CancellationTokenRegistration stopping;

    public StopLimit(IHostApplicationLifetime lifetime, TimeProvider clock)
    {
        over = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        stopping = lifetime.ApplicationStopping.Register(() => over.CancelAfter(Bus.StopTime));
    }

    public CancellationToken Token => over.Token;

    public void Dispose()
    {
        stopping.Dispose();
        over.Dispose();
    }
}
