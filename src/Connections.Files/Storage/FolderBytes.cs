namespace Connections.Files.Storage;

/// <summary>An upload into a folder.</summary>
internal sealed class UnpublishedFile(FileFolder folder, FileStream part, Guid id) : IUnpublishedBytes
{
    private bool published;

    public async ValueTask Write(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        try
        {
            await part.WriteAsync(bytes, ct);
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

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken ct)
    {
        var read = 0;
        for (int more; read < buffer.Length; read += more)
            if ((more = await RandomAccess.ReadAsync(file.SafeFileHandle, buffer[read..], offset + read, ct)) == 0) break;
        return read;
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
