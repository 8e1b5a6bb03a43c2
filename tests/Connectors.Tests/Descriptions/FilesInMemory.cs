using System.Collections.Concurrent;
using System.Security.Cryptography;
using Connections.Connectors.Files;
using EventSourcing;

namespace Connectors.Tests.Descriptions;

/// <summary>A file store in memory, for activities with files.</summary>
internal sealed class FilesInMemory : IFileStore
{
    private readonly ConcurrentDictionary<Guid, byte[]> contents = new();

    public List<StoredFile> Stored { get; } = [];

    /// <summary>Called before a file is stored; an exception of it is that of the store.</summary>
    public Action<NewFile>? Completing { get; set; }

    public byte[] Content(StoredFile file) => contents[file.Id];

    public async Task<StoredFile> Add(string name, byte[] content, string type = "application/octet-stream")
    {
        await using var writer = await Create("default", new NewFile(name, type), default);
        await writer.Write(content, default);
        return await writer.Complete(default);
    }

    public Task<IFileWriter> Create(string workspace, NewFile file, CancellationToken ct) =>
        Task.FromResult<IFileWriter>(new Writer(this, file));

    public Task<StoredFile> Get(string workspace, Guid id, CancellationToken ct) => Task.FromResult(Find(id));

    /// <summary>Where the next read of a file breaks, once; null: nowhere.</summary>
    public long? BreaksOnceAt { get; set; }

    /// <summary>The fault of the read that breaks.</summary>
    public Exception Fault { get; set; } = new IOException("The read broke.");

    /// <summary>Called before bytes are stored.</summary>
    public Action? Writing { get; set; }

    public Task<OpenFile> Open(string workspace, Guid id, CancellationToken ct) =>
        Task.FromResult(new OpenFile(Find(id), new OpenContent(this, contents[id])));

    public Task Delete(string workspace, Guid id, CancellationToken ct)
    {
        Stored.Remove(Find(id));
        return Task.CompletedTask;
    }

    private StoredFile Find(Guid id) => Stored.Find(file => file.Id == id) ?? throw new RejectedException("file.not-found", "There is no such file.");

    private sealed class OpenContent(FilesInMemory files, byte[] bytes) : MemoryStream(bytes, writable: false)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position + buffer.Length < files.BreaksOnceAt || files.BreaksOnceAt is null) return base.ReadAsync(buffer, cancellationToken);
            files.BreaksOnceAt = null;
            throw files.Fault;
        }
    }

    private sealed class Writer(FilesInMemory files, NewFile file) : IFileWriter
    {
        private readonly MemoryStream content = new();

        public ValueTask Write(ReadOnlyMemory<byte> bytes, CancellationToken ct)
        {
            files.Writing?.Invoke();
            return content.WriteAsync(bytes, ct);
        }

        public Task<StoredFile> Complete(CancellationToken ct)
        {
            files.Completing?.Invoke(file);
            ct.ThrowIfCancellationRequested();
            var bytes = content.ToArray();
            var stored = new StoredFile(
                Guid.CreateVersion7(), file.Name ?? "", bytes.Length, file.ContentType ?? "", Convert.ToHexStringLower(SHA256.HashData(bytes)),
                DateTimeOffset.MaxValue);
            files.contents[stored.Id] = bytes;
            files.Stored.Add(stored);
            return Task.FromResult(stored);
        }

        public ValueTask DisposeAsync() => content.DisposeAsync();
    }
}
