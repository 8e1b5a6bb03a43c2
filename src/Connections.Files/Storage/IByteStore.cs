namespace Connections.Files.Storage;

/// <summary>The place of the encrypted bytes of the files: a folder or a bucket.</summary>
public interface IByteStore
{
    /// <summary>The folder or the bucket, for the log; null if none is configured.</summary>
    string? Place { get; }

    /// <summary>The kind of store, in messages: <c>folder</c>, <c>bucket</c>.</summary>
    string Kind { get; }

    /// <summary>Whether no other process uses it.</summary>
    bool IsOwn { get; }

    /// <summary>Begins an upload of bytes, which nobody sees before they are published.</summary>
    /// <param name="size">The size of the file, if it is known.</param>
    /// <exception cref="EventSourcing.RejectedException"><c>file.store-full</c>.</exception>
    Task<IUnpublishedBytes> Create(Guid id, long? size, CancellationToken ct);

    /// <summary>Null if the bytes are gone.</summary>
    Task<IStoredBytes?> Open(Guid id, CancellationToken ct);

    Task Remove(Guid id, CancellationToken ct);

    /// <summary>Removes uploads that ended without a result.</summary>
    /// <param name="before">Those that were not written to since then; null for all. An upload that a process still has open stays.</param>
    /// <returns>How many were removed.</returns>
    Task<int> RemoveUnpublished(DateTimeOffset? before, CancellationToken ct);

    /// <summary>The files whose bytes were written before a time.</summary>
    IAsyncEnumerable<Guid> WrittenBefore(DateTimeOffset before, CancellationToken ct);

    /// <summary>The identity that the place holds; null if it holds none.</summary>
    /// <exception cref="PlaceException">The place cannot be used.</exception>
    Task<string?> ReadIdentity(CancellationToken ct);

    /// <summary>Gives the place an identity. Several hosts may do this at once: the first one wins.</summary>
    /// <returns>The identity that it then holds.</returns>
    /// <exception cref="PlaceException">The place cannot be used.</exception>
    Task<string> CreateIdentity(CancellationToken ct);
}

/// <summary>The place of the bytes cannot be used.</summary>
/// <param name="problem">The end of a sentence: <c>its folder cannot be used (IOException)</c>.</param>
/// <param name="advice">What an operator does about it.</param>
public sealed class PlaceException(string problem, string advice, Exception cause) : Exception(problem, cause)
{
    public string Advice => advice;
}

/// <summary>Bytes that are being uploaded. Disposed before they are published, nothing of them stays.</summary>
public interface IUnpublishedBytes : IAsyncDisposable
{
    ValueTask Write(ReadOnlyMemory<byte> bytes, CancellationToken ct);

    /// <summary>Durable on return.</summary>
    Task Publish(CancellationToken ct);
}

/// <summary>Published bytes that are read from any position.</summary>
public interface IStoredBytes : IDisposable
{
    long Length { get; }

    /// <returns>Fewer bytes than wanted at the end only.</returns>
    ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken ct);

    int Read(Span<byte> buffer, long offset);
}
