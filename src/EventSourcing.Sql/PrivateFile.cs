namespace EventSourcing.Sql;

/// <summary>Creates files and folders that only the user of this process may read, whatever its umask.</summary>
public static class PrivateFile
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;

    /// <summary>Creates the folder if it is missing. An existing one keeps its mode.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, OwnerFolder);
    }

    /// <summary>Creates an empty file if it is missing. SQLite gives the files that it adds (-wal, -shm) the same mode.</summary>
    public static void Create(string path)
    {
        if (!File.Exists(path)) Open(path, FileShare.ReadWrite | FileShare.Delete).Dispose();
    }

    public static FileStream Open(string path, FileShare share)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerFile;
        return new FileStream(path, options);
    }

    /// <summary>The mode in octal, such as 755, where other users may read the folder; null where they may not.</summary>
    public static string? OpenToOthers(string folder) =>
        !OperatingSystem.IsWindows() && File.GetUnixFileMode(folder) is var mode && (mode & ~OwnerFolder) != 0
            ? Convert.ToString((int)mode, 8)
            : null;
}
