using Connections.Connectors.Files;
using Connections.Files.Records;
using Microsoft.Extensions.Logging;

namespace Connections.Files.Storage;

/// <summary>
/// Checks that the folder or bucket is the one of the deployment. A host on which the shared folder is not mounted would otherwise write files
/// that no other host finds. The place contains a file with its identity, which the database knows.
/// </summary>
public sealed class StoreIdentity(IByteStore bytes, FileRecords records, ILogger<StoreIdentity> log)
{
    private volatile string? known;
    private string? logged;

    /// <summary>Null if the place can be used, or none is configured.</summary>
    public async Task<string?> Problem(CancellationToken ct)
    {
        if (bytes.Place is null) return null;
        var (problem, advice) = await Check(ct);
        if (problem is not null && problem != logged)
            log.LogError("The file store cannot be used: {Problem}. {Place}: {Advice}", problem, bytes.Place, advice);
        else if (problem is null && logged is not null) log.LogInformation("The file store can be used again");
        logged = problem;
        return problem;
    }

    /// <exception cref="EventSourcing.RejectedException"><c>file.not-configured</c>.</exception>
    /// <exception cref="FileStoreUnavailableException">The place is not there, or is another one.</exception>
    internal async Task Require(CancellationToken ct)
    {
        if (bytes.Place is null) throw FileRejections.NotConfigured();
        if (await Problem(ct) is { } problem) throw new FileStoreUnavailableException(problem);
    }

    private async Task<(string? Problem, string Advice)> Check(CancellationToken ct)
    {
        try
        {
            var found = await bytes.ReadIdentity(ct);
            if (found is not null && found == known) return default;
            var stored = await records.PlaceIdentity(ct);
            if (stored is null || (bytes.IsOwn && stored != found))
            {
                if (stored is not null)
                    log.LogWarning("The place of the files, {Place}, is new. Files that were in the earlier one are lost", bytes.Place);
                found ??= await bytes.CreateIdentity(ct);
                stored = await records.SetPlaceIdentity(found, replace: bytes.IsOwn, ct);
            }

            known = stored == found ? stored : null;
            return (known, found) switch
            {
                (not null, _) => default,
                (_, null) => (
                    $"its {bytes.Kind} is not there",
                    $"{Restore} If it was lost with its files, create the file store-id in it with the text {stored}."),
                _ => ($"its {bytes.Kind} is not the one of the other hosts", $"Use the same {bytes.Kind} on all hosts.")
            };
        }
        catch (PlaceException unusable)
        {
            known = null;
            return (unusable.Message, unusable.Advice);
        }
    }

    private string Restore => bytes.Kind == "folder" ? "Mount the shared folder." : "Use the bucket of the other hosts.";
}
