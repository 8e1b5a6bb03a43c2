namespace Connections.Connectors.Ssh;

/// <summary>
/// The bytes that a host may send after the sign-in. The library keeps what it has received of a message until the message is complete, and
/// believes the length that the host announced.
/// </summary>
internal sealed class ReceiveLimit(long bytes)
{
    private long left = bytes;

    public string Problem { get; } = $"more than {bytes / 1024 / 1024} MB that nobody asked for";

    /// <returns>False if this is more than the host may send.</returns>
    public bool Take(int count) => Interlocked.Add(ref left, -count) >= 0;

    /// <summary>Lets the host send more, because it was asked for.</summary>
    public void Raise(long count) => Interlocked.Add(ref left, count);
}
