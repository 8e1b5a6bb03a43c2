namespace Connections.Connectors.MailServers;

/// <summary>
/// An encrypted connection, as the mail library gets it. A guard observes both directions. If the server's greeting was read before the
/// encryption, the library reads a greeting without any content first, because nothing that was sent unencrypted may be believed.
/// </summary>
internal sealed class MailStream(Stream inner, ReadOnlyMemory<byte> greeting, IMailGuard guard) : Stream
{
    private ReadOnlyMemory<byte> greeting = greeting;

    /// <summary>The server's mistake, for people; null if there is none.</summary>
    public string? Problem { get; private set; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Problem is { } problem) throw new MailLimitException(problem);
        if (!greeting.IsEmpty) return Greet(buffer.Span);
        var read = await inner.ReadAsync(buffer, cancellationToken);
        Check(buffer.Span[..read]);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count)
    {
        if (Problem is { } problem) throw new MailLimitException(problem);
        if (!greeting.IsEmpty) return Greet(buffer.AsSpan(offset, count));
        var read = inner.Read(buffer, offset, count);
        Check(buffer.AsSpan(offset, read));
        return read;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        guard.Sends(buffer.Span);
        return inner.WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count)
    {
        guard.Sends(buffer.AsSpan(offset, count));
        inner.Write(buffer, offset, count);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    private int Greet(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, greeting.Length);
        greeting.Span[..count].CopyTo(buffer);
        greeting = greeting[count..];
        return count;
    }

    private void Check(ReadOnlySpan<byte> part)
    {
        try
        {
            guard.Received(part);
        }
        catch (MailLimitException e)
        {
            Problem = e.Message;
            throw;
        }
    }
}
