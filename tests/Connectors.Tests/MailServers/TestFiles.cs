using System.Security.Cryptography;
using Connections.Connectors.Files;
using EventSourcing;

namespace Connectors.Tests.MailServers;

/// <summary>A file store in memory.</summary>
internal sealed class TestFiles : IFileStore
{
    private readonly Dictionary<Guid, (StoredFile File, byte[] Content)> files = [];

    public int Count => files.Count;

    /// <summary>The bytes after which a file fails to be read; null: none fails.</summary>
    public long? BreaksAfter { get; set; }

    public byte[] Content(Guid id) => files[id].Content;

    public Guid Add(string name, string contentType, byte[] content)
    {
        var file = new StoredFile(
            Guid.CreateVersion7(), name, content.Length, contentType, Convert.ToHexStringLower(SHA256.HashData(content)), DateTimeOffset.MaxValue);
        files[file.Id] = (file, content);
        return file.Id;
    }

    public Task<IFileWriter> Create(string workspace, NewFile file, CancellationToken ct) => Task.FromResult<IFileWriter>(new Writer(this, file));

    public Task<StoredFile> Get(string workspace, Guid id, CancellationToken ct) => Task.FromResult(Find(id).File);

    public Task<OpenFile> Open(string workspace, Guid id, CancellationToken ct) => Task.FromResult(
        new OpenFile(Find(id).File, BreaksAfter is { } after ? new Broken(Find(id).Content, after) : new MemoryStream(Find(id).Content)));

    public Task Delete(string workspace, Guid id, CancellationToken ct) => throw new NotSupportedException();

    private (StoredFile File, byte[] Content) Find(Guid id) =>
        files.TryGetValue(id, out var found) ? found : throw new RejectedException("file.not-found", "There is no such file.");

    private sealed class Broken(byte[] content, long after) : MemoryStream(content)
    {
        public override int Read(byte[] buffer, int offset, int count) => Checked(base.Read(buffer, offset, count));

        public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            Checked(await base.ReadAsync(buffer.AsMemory(offset, count), cancellationToken));

        private int Checked(int read) => Position <= after ? read : throw new RejectedException("file.unreadable", "The file cannot be read.");
    }

    private sealed class Writer(TestFiles files, NewFile file) : IFileWriter
    {
        private readonly MemoryStream content = new();

        public ValueTask Write(ReadOnlyMemory<byte> bytes, CancellationToken ct) => content.WriteAsync(bytes, ct);

        public Task<StoredFile> Complete(CancellationToken ct) =>
            files.Get("", files.Add(file.Name ?? "", file.ContentType ?? "application/octet-stream", content.ToArray()), ct);

        public ValueTask DisposeAsync() => content.DisposeAsync();
    }
}
