namespace Connections.ReadModels.Waits;

/// <summary>Signals the waker that its table changed. Several pulses before a wait count as one.</summary>
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
            // Another pulse came first.
        }
    }

    /// <summary>Completes at the next pulse, or after the timeout.</summary>
    public async Task Wait(TimeSpan atMost, TimeProvider clock, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(atMost, clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ct);
        try
        {
            await pulse.WaitAsync(linked.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
        }
    }

    public void Dispose() => pulse.Dispose();
}
