using Connections.Connectors.Files;
using EventSourcing.Sql;
using Microsoft.Extensions.Options;

namespace Connections.Files.Storage;

/// <summary>The folder of a service that is one process. If its content is lost, it is created anew.</summary>
public sealed record OwnFolder(string Path);

/// <summary>The bytes of the files in a folder: one file each, in a folder of the first two digits of its id; uploads are in "parts".</summary>
public sealed class FileFolder(IOptions<FilesOptions> options, OwnFolder? own = null) : IByteStore
{
    private const string Parts = "parts";

    // ENOSPC, EFBIG and EDQUOT of Linux, and the two codes of Windows for a full disk.
    private static readonly int[] Full = [28, 27, 122, unchecked((int)0x80070070), unchecked((int)0x80070027)];

    /// <summary>Null if no folder is configured.</summary>
    public string? Root { get; } = (options.Value.Folder ?? own?.Path) is { Length: > 0 } folder ? Path.GetFullPath(folder) : null;

    /// <summary>Whether no other process uses the folder.</summary>
    public bool IsOwn { get; } = own is not null;

    public string? Place => Root;

    public string Kind => "folder";

    private static FileStreamOptions Reading => new() { Mode = FileMode.Open, Share = FileShare.Read | FileShare.Delete, BufferSize = 0 };

    private string PartsFolder => Path.Combine(Root!, Parts);

    /// <exception cref="EventSourcing.RejectedException"><c>file.store-full</c>: fewer bytes are free.</exception>
    private void RequireSpace(long bytes)
    {
        long free;
        try
        {
            free = new DriveInfo(Root!).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return; // not known: the disk says so later
        }

        if (bytes > free) throw FileRejections.StoreFull();
    }

    public Task<IUnpublishedBytes> Create(Guid id, long? size, CancellationToken ct)
    {
        if (size is { } bytes) RequireSpace(bytes);
        return Task.FromResult<IUnpublishedBytes>(new UnpublishedFile(this, CreatePart(id), id));
    }

    public Task<IStoredBytes?> Open(Guid id, CancellationToken ct) =>
        Task.FromResult<IStoredBytes?>(OpenFile(id) is { } file ? new PublishedFile(file) : null);

    public Task Remove(Guid id, CancellationToken ct)
    {
        Remove(Find(id));
        return Task.CompletedTask;
    }

    public Task<int> RemoveUnpublished(DateTimeOffset? before, CancellationToken ct) => Task.FromResult(RemoveParts(before));

    public IAsyncEnumerable<Guid> WrittenBefore(DateTimeOffset before, CancellationToken ct) => Written(before).ToAsyncEnumerable();

    public Task<string?> ReadIdentity(CancellationToken ct) => Task.FromResult(FolderMarker.Read(Root!));

    public Task<string> CreateIdentity(CancellationToken ct) => Task.FromResult(FolderMarker.Create(Root!));

    /// <summary>Creates the file of an upload, which no other process may open.</summary>
    private FileStream CreatePart(Guid id) => Run(() =>
    {
        PrivateFile.CreateFolder(PartsFolder);
        var settings = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) settings.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return CountedFile.Open(Path.Combine(PartsFolder, id.ToString()), settings);
    });

    /// <summary>Gives an upload its final name. Durable on return.</summary>
    public void Publish(FileStream part, Guid id) => Run(() =>
    {
        part.Flush(flushToDisk: true);
        part.Dispose();
        var path = Find(id);
        var folder = Path.GetDirectoryName(path)!;
        var isNew = !Directory.Exists(folder);
        PrivateFile.CreateFolder(folder);
        File.Move(part.Name, path);
        Folder.Flush(folder);
        if (isNew) Folder.Flush(Root!);
        return true;
    });

    private FileStream? OpenFile(Guid id) => Run(() =>
    {
        try
        {
            return CountedFile.Open(Find(id), Reading);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    });

    public void RemovePart(Guid id) => Remove(Path.Combine(PartsFolder, id.ToString()));

    private int RemoveParts(DateTimeOffset? before) => Run(() =>
    {
        if (!Directory.Exists(PartsFolder)) return 0;
        var removed = 0;
        foreach (var part in new DirectoryInfo(PartsFolder).EnumerateFiles())
        {
            if (part.LastWriteTimeUtc >= before?.UtcDateTime || IsOpen(part)) continue;
            part.Delete();
            removed++;
        }

        return removed;
    });

    private IEnumerable<Guid> Written(DateTimeOffset before) => new DirectoryInfo(Root!).EnumerateDirectories("??")
        .SelectMany(shard => shard.EnumerateFiles())
        .Where(file => file.LastWriteTimeUtc < before.UtcDateTime)
        .Select(file => Guid.TryParse(file.Name, out var id) ? id : Guid.Empty)
        .Where(id => id != Guid.Empty);

    /// <exception cref="EventSourcing.RejectedException"><c>file.store-full</c>.</exception>
    /// <exception cref="FileStoreUnavailableException">The disk failed in another way.</exception>
    public static T Run<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Translate(fault);
        }
    }

    public static Exception Translate(Exception fault) => Full.Contains(fault.HResult)
        ? FileRejections.StoreFull()
        : new FileStoreUnavailableException($"The folder of the files failed ({fault.GetType().Name}).", fault);

    private static void Remove(string path) => Run(() =>
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // removed before
        }

        return true;
    });

    private static bool IsOpen(FileInfo part)
    {
        try
        {
            using var free = new FileStream(part.FullName, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException)
        {
            return true; // another process, or this one, writes it
        }
    }

    private string Find(Guid id)
    {
        var name = id.ToString();
        return Path.Combine(Root!, name[..2], name);
    }
}
