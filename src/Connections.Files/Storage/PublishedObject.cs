using Amazon.S3;
using Amazon.S3.Model;

namespace Connections.Files.Storage;

/// <summary>
/// A published object of a bucket. One response is read as long as the reads follow one another, and another one is requested where they jump
/// or where the response breaks. A response that stands still counts as broken.
/// </summary>
internal sealed class PublishedObject(AmazonS3Client client, string bucket, string key, long length, TimeProvider clock) : IStoredBytes
{
    private const int MaxBreaks = 3;
    private static readonly TimeSpan ReadLimit = TimeSpan.FromMinutes(1);

    private GetObjectResponse? response;
    private long position;

    public long Length => length;

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken ct)
    {
        var wanted = (int)Math.Min(buffer.Length, length - offset);
        for (var (read, breaks) = (0, 0); ;)
        {
            using var limit = new CancellationTokenSource(ReadLimit, clock);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
            try
            {
                if (response is null || position != offset + read) await Request(offset + read, both.Token);
                for (int more; read < wanted; read += more)
                {
                    more = await response!.ResponseStream.ReadAsync(buffer[read..wanted], both.Token);
                    if (more == 0) throw new IOException("The response ended early.");
                    position += more;
                }

                return read;
            }
            catch (Exception fault) when (BucketClient.IsMissing(fault))
            {
                return read; // removed meanwhile: the file is shorter than its record says
            }
            catch (Exception fault) when (BucketClient.IsFault(fault) || (limit.IsCancellationRequested && !ct.IsCancellationRequested))
            {
                Close();
                if (++breaks > MaxBreaks) throw BucketClient.Translate(fault);
            }
        }
    }

    // Some libraries read synchronously.
    public int Read(Span<byte> buffer, long offset)
    {
        var bytes = new byte[buffer.Length];
        var read = Task.Run(() => ReadAsync(bytes, offset, CancellationToken.None).AsTask()).GetAwaiter().GetResult();
        bytes.AsSpan(0, read).CopyTo(buffer);
        return read;
    }

    public void Dispose() => Close();

    private async Task Request(long offset, CancellationToken ct)
    {
        Close();
        response = await client.GetObjectAsync(
            new GetObjectRequest { BucketName = bucket, Key = key, ByteRange = new ByteRange($"bytes={offset}-") }, ct);
        position = offset;
    }

    private void Close()
    {
        response?.Dispose();
        response = null;
    }
}
