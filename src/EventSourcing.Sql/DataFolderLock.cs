namespace EventSourcing.Sql;

/// <summary>
/// Allows one service per data folder. The lock lasts as long as the process; the system releases it however the process ends.
/// </summary>
public sealed class DataFolderLock : IDisposable
{
    /// <summary>The file that is locked. If it is deleted, another process could lock a new one.</summary>
    public const string FileName = "lock";

    private readonly FileStream file;

    private DataFolderLock(FileStream file) => this.file = file;

    // EWOULDBLOCK of Linux and of macOS, and the sharing violation of Windows.
    private static readonly int[] Locked = [11, 35, unchecked((int)0x80070020)];

    /// <exception cref="DataFolderInUseException">Another process holds the lock.</exception>
    /// <exception cref="DataFolderException">The folder cannot be created or written to.</exception>
    public static DataFolderLock Take(string folder)
    {
        folder = Path.GetFullPath(folder);
        try
        {
            PrivateFile.CreateFolder(folder);
            return new DataFolderLock(PrivateFile.Open(Path.Combine(folder, FileName), FileShare.None));
        }
        catch (IOException e) when (Locked.Contains(e.HResult))
        {
            throw new DataFolderInUseException(folder, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataFolderException(folder, e);
        }
    }

    public void Dispose() => file.Dispose();
}

public sealed class DataFolderException(string folder, Exception inner) : IOException(
    $"The data folder {folder} cannot be written to ({inner.Message}). Name a folder in which this user may create files.", inner);

public sealed class DataFolderInUseException(string folder, Exception inner) : IOException(
    $"The data folder {folder} is in use by another process. Stop that process, or start this one with another folder.", inner)
{
    public string Folder { get; } = folder;
}
