using System.Security.Cryptography;
using Connections.Connectors.Files;

namespace Connectors.Tests.Descriptions;

/// <summary>Takes files, for activities that store one. Nothing can be read from it.</summary>
internal sealed class FilesInMemory : IFileStore
{
    public List<StoredFile> Stored { get; } = [];

    public Task<IFileWriter> Create(string workspace, NewFile file, CancellationToken ct) =>
        Task.FromResult<IFileWriter>(new Writer(this, file));

    public Task<StoredFile> Get(string workspace, Guid id, CancellationToken ct) => throw new NotSupportedException();

    public Task<OpenFile> Open(string workspace, Guid id, CancellationToken ct) => throw new NotSupportedException();

    public Task Delete(string workspace, Guid id, CancellationToken ct) => throw new NotSupportedException();

    private sealed class Writer(FilesInMemory files, NewFile file) : IFileWriter
    {
        private readonly MemoryStream content = new();

        public ValueTask Write(ReadOnlyMemory<byte> bytes, CancellationToken ct) => content.WriteAsync(bytes, ct);

        public Task<StoredFile> Complete(CancellationToken ct)
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData(content.ToArray()));
            var stored = new StoredFile(
                Guid.CreateVersion7(), file.Name ?? "", content.Length, file.ContentType ?? "", hash, DateTimeOffset.MaxValue);
            files.Stored.Add(stored);
            return Task.FromResult(stored);
        }

        public ValueTask DisposeAsync() => content.DisposeAsync();
    }
}
