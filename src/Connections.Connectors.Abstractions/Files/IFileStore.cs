using System.Buffers;

namespace Connections.Connectors.Files;

/// <summary>
/// The files of the workspaces. Content and names are stored encrypted. A file of another workspace is rejected like one that does not
/// exist.
/// </summary>
/// <exception cref="EventSourcing.RejectedException"><c>file.not-found</c>, <c>file.expired</c>, <c>file.unreadable</c> (the stored
/// bytes were changed or are gone, also while they are read), <c>file.too-large</c>, <c>file.store-full</c>, <c>file.not-configured</c>.</exception>
public interface IFileStore
{
    /// <summary>Stores what the stream holds. Nothing stays of a file whose stream fails.</summary>
    async Task<StoredFile> Write(string workspace, NewFile file, Stream content, CancellationToken ct)
    {
        await using var writer = await Create(workspace, file, ct);
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            for (int read; (read = await content.ReadAsync(buffer, ct)) > 0;) await writer.Write(buffer.AsMemory(0, read), ct);
            return await writer.Complete(ct);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    /// <summary>Begins a file that is written in parts. It exists once it is complete.</summary>
    Task<IFileWriter> Create(string workspace, NewFile file, CancellationToken ct);

    Task<StoredFile> Get(string workspace, Guid id, CancellationToken ct);

    Task<OpenFile> Open(string workspace, Guid id, CancellationToken ct);

    /// <summary>Removes the file at once, also an expired one.</summary>
    Task Delete(string workspace, Guid id, CancellationToken ct);
}

/// <summary>The file store cannot be used now. An operator repairs it, and the same request works again.</summary>
public sealed class FileStoreUnavailableException(string problem, Exception? inner = null) : Exception(problem, inner);

/// <summary>A file that is being written. Disposed before it is complete, nothing of it stays.</summary>
public interface IFileWriter : IAsyncDisposable
{
    ValueTask Write(ReadOnlyMemory<byte> bytes, CancellationToken ct);

    /// <summary>Durable on return.</summary>
    Task<StoredFile> Complete(CancellationToken ct);
}

/// <param name="Name">Any text: the store keeps the last part of a path, as one line.</param>
/// <param name="Size">The size if it is known: then a file that is too large is rejected before it is read.</param>
public sealed record NewFile(string? Name, string? ContentType, long? Size = null);

/// <param name="Sha256">64 lower-case hexadecimal digits.</param>
public sealed record StoredFile(Guid Id, string Name, long Size, string ContentType, string Sha256, DateTimeOffset ExpiresAt);

/// <param name="Content">Seekable. Each part is verified when it is read.</param>
public sealed record OpenFile(StoredFile File, Stream Content) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}
