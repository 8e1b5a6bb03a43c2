using Connections.Connectors.Files;
using Connections.Files.Records;
using EventSourcing.Sql;
using Microsoft.Extensions.Logging;

namespace Connections.Files.Storage;

/// <summary>
/// Checks that the folder is the one of the deployment. A host on which the shared folder is not mounted would otherwise write files that no
/// other host finds. The folder contains a file with its identity, which the database knows.
/// </summary>
public sealed class FolderIdentity(FileFolder folder, FileRecords records, ILogger<FolderIdentity> log)
{
    private const string Marker = "store-id";

    private volatile string? known;
    private string? logged;

    /// <summary>Null if the folder can be used, or none is configured.</summary>
    public async Task<string?> Problem(CancellationToken ct)
    {
        if (folder.Root is null) return null;
        var (problem, advice) = await Check(ct);
        if (problem is not null && problem != logged)
            log.LogError("The file store cannot be used: {Problem}. {Folder}: {Advice}", problem, folder.Root, advice);
        else if (problem is null && logged is not null) log.LogInformation("The file store can be used again");
        logged = problem;
        return problem;
    }

    /// <exception cref="EventSourcing.RejectedException"><c>file.not-configured</c>.</exception>
    /// <exception cref="FileStoreUnavailableException">The folder is not there, or is another one.</exception>
    internal async Task Require(CancellationToken ct)
    {
        if (folder.Root is null) throw FileRejections.NotConfigured();
        if (await Problem(ct) is { } problem) throw new FileStoreUnavailableException(problem);
    }

    private async Task<(string? Problem, string Advice)> Check(CancellationToken ct)
    {
        try
        {
            var found = Read();
            if (found is not null && found == known) return default;
            var stored = await records.FolderId(ct);
            if (stored is null || (folder.IsOwn && stored != found))
            {
                if (stored is not null)
                    log.LogWarning("The folder of the files, {Folder}, is new. Files that were in the earlier one are lost", folder.Root);
                found ??= Create();
                stored = await records.SetFolderId(found, replace: folder.IsOwn, ct);
            }

            known = stored == found ? stored : null;
            return (known, found) switch
            {
                (not null, _) => default,
                (_, null) => (
                    "its folder is not there",
                    $"Mount the shared folder. If it was lost with its files, create the file {Marker} in it with the text {stored}."),
                _ => ("its folder is not the one of the other hosts", "Set Files:Folder to the same shared folder on all hosts.")
            };
        }
        catch (Exception fault) when (fault is IOException and not SqliteFileException or UnauthorizedAccessException)
        {
            known = null;
            return ($"its folder cannot be used ({fault.GetType().Name})", "Give this user the right to read and write it.");
        }
    }

    private string? Read()
    {
        var path = Path.Combine(folder.Root!, Marker);
        return File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } id ? id : null;
    }

    // Several hosts may do this at once: the first one wins.
    private string Create()
    {
        PrivateFile.CreateFolder(folder.Root!);
        var id = Guid.NewGuid().ToString();
        var path = Path.Combine(folder.Root!, Marker);
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

        Folder.Flush(folder.Root!);
        return Read() ?? id;
    }
}
