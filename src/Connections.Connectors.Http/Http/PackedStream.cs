namespace Connections.Connectors.Http;

/// <summary>Hands out a body and then a mark. Records whether its reader asked for more than the body.</summary>
internal sealed class PackedStream(byte[] body, byte[] mark) : Stream
{
    private int at;

    /// <summary>Whether the body did not satisfy its reader.</summary>
    public bool Ended { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.Length == 0) return 0;
        Ended |= at >= body.Length;
        var rest = Ended ? mark.AsSpan(at - body.Length) : body.AsSpan(at);
        var read = Math.Min(rest.Length, buffer.Length);
        rest[..read].CopyTo(buffer);
        at += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
