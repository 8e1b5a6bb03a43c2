namespace Connections.ReadModels.Waits;

/// <summary>Tells the waker that its table changed. Many pulses before it looks are one.</summary>
public sealed class WakeSignal : IDisposable
{
    private readonly SemaphoreSlim pulse = new(0, 1);

    public void Pulse()
    {
        try
        {
            if (pulse.CurrentCount == 0) pulse.Release();
        }
        catch (SemaphoreFullException)
        {
            // another pulse came first
        }
    }

    /// <summary>Completes at the next pulse, or when the time has passed.</summary>
    public async Task Wait(TimeSpan atMost, TimeProvider clock, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(atMost, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            await pulse.WaitAsync(both.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
        }
    }

    public void Dispose() => pulse.Dispose();
}
