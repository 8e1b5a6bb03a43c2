namespace Connections.Connectors.Relays;

/// <summary>
/// Passes a cancellation on to a driver, and closes the connection if the driver has not returned soon after. Drivers wait for the server's
/// answer to a cancellation, some of them inside the callback of the token, and a server can keep them busy for ever.
/// </summary>
internal sealed class CallLimit : IDisposable
{
    private readonly CancellationTokenSource passed = new();
    private readonly CancellationTokenRegistration registration;
    private readonly Lock sync = new();
    private ITimer? timer;
    private bool disposed;

    /// <param name="farewell">How long the driver may take to return after the cancellation.</param>
    public CallLimit(Relay relay, TimeSpan farewell, TimeProvider clock, CancellationToken ct) => registration = ct.UnsafeRegister(
        _ =>
        {
            lock (sync)
            {
                if (disposed) return;
                if (farewell == TimeSpan.Zero) relay.Cut();
                else timer = clock.CreateTimer(_ => relay.Cut(), null, farewell, Timeout.InfiniteTimeSpan);
                new Thread(Cancel) { IsBackground = true, Name = "Cancels a call of a driver" }.Start();
            }
        },
        null);

    /// <summary>The token for the driver.</summary>
    public CancellationToken Token => passed.Token;

    public void Dispose()
    {
        registration.Dispose();
        lock (sync)
        {
            disposed = true;
            timer?.Dispose();
        }
    }

    // On a thread of its own: on threads of the pool, a few servers that do not answer would stop all work of the process, the timer above
    // included.
    private void Cancel()
    {
        try
        {
            passed.Cancel();
        }
        catch (AggregateException)
        {
            // The call itself reports what failed.
        }
    }
}
