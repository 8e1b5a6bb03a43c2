using System.Buffers.Binary;
using System.Security.Cryptography;
using Connections.Connectors.Files;

namespace Connectors.Tests.Transfers;

/// <summary>A file store that makes up the bytes of its one file, and only hashes those that it stores.</summary>
internal sealed class StreamedFiles(long size) : IFileStore
{
    private readonly Guid made = Guid.CreateVersion7();

    public List<StoredFile> Stored { get; } = [];

    public string Sha256 { get; } = Hash(new Made(size));

    public StoredFile File => Describe(made, "large.bin", size, Sha256);

    public Task<IFileWriter> Create(string workspace, NewFile file, CancellationToken ct) => Task.FromResult<IFileWriter>(new Writer(this));

    public Task<StoredFile> Get(string workspace, Guid id, CancellationToken ct) => Task.FromResult(File);

    public Task<OpenFile> Open(string workspace, Guid id, CancellationToken ct) => Task.FromResult(new OpenFile(File, new Made(size)));

    public Task Delete(string workspace, Guid id, CancellationToken ct) => throw new NotSupportedException();

    private static StoredFile Describe(Guid id, string name, long size, string hash) =>
        new(id, name, size, "application/octet-stream", hash, DateTimeOffset.MaxValue);

    private static string Hash(Stream content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private sealed class Made(long size) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => size;

        public override long Position { get; set; }

        public override int Read(Span<byte> buffer)
        {
            var length = (int)Math.Min(buffer.Length, size - Position);
            Span<byte> number = stackalloc byte[sizeof(long)];
            for (var i = 0; i < length; i++)
            {
                if (i == 0 || Position % sizeof(long) == 0) BinaryPrimitives.WriteInt64LittleEndian(number, Position / sizeof(long) * 0x9E3779B9);
                buffer[i] = number[(int)(Position++ % sizeof(long))];
            }

            return length;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

        public override long Seek(long offset, SeekOrigin origin) => Position = origin == SeekOrigin.Begin ? offset : throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    private sealed class Writer(StreamedFiles files) : IFileWriter
    {
        private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private long written;

        public ValueTask Write(ReadOnlyMemory<byte> bytes, CancellationToken ct)
        {
            hash.AppendData(bytes.Span);
            written += bytes.Length;
            return ValueTask.CompletedTask;
        }

        public Task<StoredFile> Complete(CancellationToken ct)
        {
            files.Stored.Add(Describe(Guid.CreateVersion7(), "stored", written, Convert.ToHexStringLower(hash.GetHashAndReset())));
            return Task.FromResult(files.Stored[^1]);
        }

        public ValueTask DisposeAsync()
        {
            hash.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
