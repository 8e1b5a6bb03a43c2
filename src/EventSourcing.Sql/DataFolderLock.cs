namespace EventSourcing.Sql;

/// <summary>One process per data folder: held from start to end of the process, and let go by the system however it ends.</summary>
public sealed class DataFolderLock : IDisposable
{
    private readonly FileStream held;

    private DataFolderLock(FileStream held) => this.held = held;

    /// <exception cref="DataFolderInUseException">Another process has it.</exception>
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

    public void Dispose() => held.Dispose();
}

public sealed class DataFolderInUseException(string folder, Exception inner) : IOException(
    $"The data folder {folder} is in use by another process. Stop that process, or start this one with another folder.", inner)
{
    public string Folder { get; } = folder;
}
