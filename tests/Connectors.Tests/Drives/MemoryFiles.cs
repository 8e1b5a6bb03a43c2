using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Connections.Connectors.Files;

namespace Connectors.Tests.Drives;

/// <summary>A file store in memory.</summary>
internal sealed class MemoryFiles : IFileStore
{
    private readonly ConcurrentDictionary<Guid, (StoredFile File, byte[] Content)> files = new();

    public int Count => files.Count;

    public StoredFile Add(string name, string content, string type = "text/plain") => Add(new NewFile(name, type), Encoding.UTF8.GetBytes(content));

    public string Text(Guid id) => Encoding.UTF8.GetString(files[id].Content);

    public Task<IFileWriter> Create(string workspace, NewFile file, CancellationToken ct) => Task.FromResult<IFileWriter>(new Writer(this, file));

    public Task<StoredFile> Get(string workspace, Guid id, CancellationToken ct) => Task.FromResult(files[id].File);

    public Task<OpenFile> Open(string workspace, Guid id, CancellationToken ct) =>
        Task.FromResult(new OpenFile(files[id].File, new MemoryStream(files[id].Content, writable: false)));

    public Task Delete(string workspace, Guid id, CancellationToken ct) => throw new NotSupportedException();

    private StoredFile Add(NewFile file, byte[] content)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(content));
        var stored = new StoredFile(Guid.CreateVersion7(), file.Name ?? "", content.Length, file.ContentType ?? "", hash, DateTimeOffset.UnixEpoch);
        files[stored.Id] = (stored, content);
        return stored;
    }

    private sealed class Writer(MemoryFiles files, NewFile file) : IFileWriter
    {
        private readonly MemoryStream content = new();

        public ValueTask Write(ReadOnlyMemory<byte> bytes, CancellationToken ct) => content.WriteAsync(bytes, ct);

        public Task<StoredFile> Complete(CancellationToken ct) => Task.FromResult(files.Add(file, content.ToArray()));

        public ValueTask DisposeAsync() => content.DisposeAsync();
    }
}
