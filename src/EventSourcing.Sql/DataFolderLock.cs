namespace EventSourcing.Sql;

/// <summary>
/// Allows one process per data folder. The lock lasts as long as the process; the system releases it however the process ends.
/// </summary>
public sealed class DataFolderLock : IDisposable
{
    private readonly FileStream file;

    private DataFolderLock(FileStream file) => this.file = file;

    /// <exception cref="DataFolderInUseException">Another process holds the lock.</exception>
    public static DataFolderLock Take(string folder)
    {
        folder = Directory.CreateDirectory(folder).FullName;
        var path = Path.Combine(folder, "lock");
        try
        {
            return new DataFolderLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException) && File.Exists(path))
        {
            throw new DataFolderInUseException(folder, e);
        }
    }

    public void Dispose() => file.Dispose();
}

public sealed class DataFolderInUseException(string folder, Exception inner) : IOException(
    $"The data folder {folder} is in use by another process. Stop that process, or start this one with another folder.", inner)
{
    public string Folder { get; } = folder;
}
