namespace Connections.Hosting.Health;

/// <summary>
/// Reports a data folder whose files were deleted. The process still has them open and goes on, but they are gone once it stops.
/// </summary>
internal sealed class DataFolderCheck(EmbeddedFolder folder) : ServiceCheck
{
    protected override Task<IReadOnlyList<string>> Missing(CancellationToken ct) => Task.FromResult<IReadOnlyList<string>>(
        [.. folder.Required.Where(name => !File.Exists(folder.In(name))).Select(name => $"data folder: {name} was deleted")]);
}
