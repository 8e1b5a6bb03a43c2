using EventSourcing;

namespace Connections.Api.Requests;

/// <summary>
/// The body of an upload. It may be slow and pause, but a sender that is gone must not hold a connection and a file: an upload ends after a
/// minute without a byte, or after five minutes with hardly any.
/// </summary>
internal sealed class UploadBody : Stream
{
    private const int LeastPerWindow = 16 * 1024;

    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private readonly Stream body;
    private readonly TimeProvider clock;
    private readonly CancellationTokenSource silence;
    private readonly CancellationTokenSource either;
    private long windowStart;
    private long inWindow;

    public UploadBody(Stream body, TimeProvider clock, CancellationToken aborted)
    {
        (this.body, this.clock) = (body, clock);
        silence = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, aborted);
        windowStart = clock.GetTimestamp();
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        silence.CancelAfter(Silence);
        try
        {
            var read = await body.ReadAsync(buffer, either.Token);
            silence.CancelAfter(Timeout.InfiniteTimeSpan);
            Count(read);
            return read;
        }
        catch (OperationCanceledException) when (silence.IsCancellationRequested)
        {
            throw Stalled($"no byte arrived for {Silence.TotalSeconds} seconds");
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            either.Dispose();
            silence.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Count(int read)
    {
        inWindow += read;
        if (read == 0 || clock.GetElapsedTime(windowStart) < Window) return;
        if (inWindow < LeastPerWindow) throw Stalled($"only {inWindow} bytes arrived in {Window.TotalMinutes} minutes");
        (windowStart, inWindow) = (clock.GetTimestamp(), 0);
    }

    private static RejectedException Stalled(string problem) =>
        new("request.timeout", $"The upload stalled: {problem}. Nothing was stored. Upload again.");
}
