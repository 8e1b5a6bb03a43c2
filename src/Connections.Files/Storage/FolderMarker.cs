using EventSourcing.Sql;

namespace Connections.Files.Storage;

/// <summary>The file with the identity of a folder.</summary>
internal static class FolderMarker
{
    private const string Name = "store-id";

    /// <exception cref="PlaceException">The folder cannot be used.</exception>
    public static string? Read(string root) => Used(() => Find(root));

    /// <summary>Several hosts may do this at once: the first one wins.</summary>
    /// <exception cref="PlaceException">The folder cannot be used.</exception>
    public static string Create(string root) => Used(() =>
    {
        PrivateFile.CreateFolder(root);
        var id = Guid.NewGuid().ToString();
        var path = Path.Combine(root, Name);
        var unfinished = $"{path}.{id}";
        using (var file = PrivateFile.Open(unfinished, FileShare.None))
        using (var text = new StreamWriter(file))
        {
            text.WriteLine(id);
            text.Flush();
            file.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(unfinished, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(unfinished);
        }

        Folder.Flush(root);
        return Find(root) ?? id;
    });

    private static string? Find(string root)
    {
        var path = Path.Combine(root, Name);
        return File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } id ? id : null;
    }

    private static T Used<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new PlaceException($"its folder cannot be used ({fault.GetType().Name})", "Give this user the right to read and write it.", fault);
        }
    }
}
