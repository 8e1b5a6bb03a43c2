namespace Connections.Connectors.SqlServer;

/// <summary>
/// Carries a TLS handshake in PRELOGIN packets, as versions of the protocol before 8.0 do ([MS-TDS] 3.2.5.3). Once the handshake is
/// <see cref="Complete"/>, the records stand by themselves. No type of a TLS record is a PRELOGIN packet, so the first byte
/// distinguishes them.
/// </summary>
internal sealed class TdsHandshakeStream(Stream inner) : Stream
{
    private const int MaxData = 4096 - TdsPacket.HeadLength;

    private ReadOnlyMemory<byte> rest;
    private bool bare;

    /// <summary>Set when this side has sent the last part of its handshake.</summary>
    public bool Complete { get; set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (bare && rest.IsEmpty) return await inner.ReadAsync(buffer, cancellationToken);
        if (rest.IsEmpty && !await Fill(cancellationToken)) return 0;
        var taken = Math.Min(rest.Length, buffer.Length);
        rest[..taken].CopyTo(buffer);
        rest = rest[taken..];
        return taken;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Complete)
        {
            await inner.WriteAsync(buffer, cancellationToken);
            return;
        }

        for (; buffer.Length > 0; buffer = buffer[Math.Min(MaxData, buffer.Length)..])
            await inner.WriteAsync(TdsPacket.Create(TdsPacket.PreLogin, buffer.Span[..Math.Min(MaxData, buffer.Length)]),
                cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    private async Task<bool> Fill(CancellationToken ct)
    {
        var first = new byte[1];
        if (await inner.ReadAsync(first, ct) == 0) return false;
        if (first[0] != TdsPacket.PreLogin)
        {
            // Before the handshake is complete, a server that answers otherwise rejects it.
            if (!Complete) throw new IOException("The server ended the TLS handshake.");
            (bare, rest) = (true, first);
            return true;
        }

        var head = new byte[TdsPacket.HeadLength];
        await inner.ReadExactlyAsync(head.AsMemory(1), ct);
        var data = new byte[Math.Max(0, (head[2] << 8 | head[3]) - TdsPacket.HeadLength)];
        await inner.ReadExactlyAsync(data, ct);
        rest = data;
        return data.Length > 0;
    }
}
