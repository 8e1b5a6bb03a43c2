namespace Connections.Files.Storage;

/// <summary>An upload into a folder.</summary>
internal sealed class UnpublishedFile(FileFolder folder, FileStream part, Guid id) : IUnpublishedBytes
{
    private bool published;

    // The system takes the bytes into its cache. An asynchronous write blocks another thread in the same way, and costs two switches.
    public ValueTask Write(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        try
        {
            part.Write(bytes.Span);
            return ValueTask.CompletedTask;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw FileFolder.Translate(fault);
        }
    }

    public async Task Publish(CancellationToken ct)
    {
        await Task.Run(() => folder.Publish(part, id), ct);
        published = true;
    }

    public async ValueTask DisposeAsync()
    {
        await part.DisposeAsync();
        if (!published) folder.RemovePart(id);
    }
}

/// <summary>A published file of a folder.</summary>
internal sealed class PublishedFile(FileStream file) : IStoredBytes
{
    public long Length => file.Length;

    // As for writes: an asynchronous read blocks another thread.
    public ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(buffer.Span, offset));
    }

    public int Read(Span<byte> buffer, long offset)
    {
        var read = 0;
        for (int more; read < buffer.Length; read += more)
            if ((more = RandomAccess.Read(file.SafeFileHandle, buffer[read..], offset + read)) == 0) break;
        return read;
    }

    public void Dispose() => file.Dispose();
}
