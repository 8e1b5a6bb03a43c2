namespace TestServers.Tds;

/// <summary>The server's side of a TLS handshake in PRELOGIN packets ([MS-TDS] 3.3.5.2), and of the bare records after it.</summary>
internal sealed class TdsPreLoginStream(Stream inner) : Stream
{
    private byte[] rest = [];

    public bool Handshaking { get; set; } = true;

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
        if (rest.Length == 0 && Handshaking) rest = (await TdsMessage.Read(inner, cancellationToken)).Data;
        if (rest.Length == 0) return await inner.ReadAsync(buffer, cancellationToken);
        var taken = Math.Min(rest.Length, buffer.Length);
        rest.AsMemory(0, taken).CopyTo(buffer);
        rest = rest[taken..];
        return taken;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => Handshaking
        ? new ValueTask(TdsMessage.Write(inner, 0x12, buffer.ToArray(), cancellationToken))
        : inner.WriteAsync(buffer, cancellationToken);

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
