using Connections.Hosting;

namespace Connections.Api;

/// <summary>Before anything is served: the table of keys, and in a new data folder an operator's key in a file that only its owner may read.</summary>
public sealed class KeyStart(ApiKeys keys, KeyDatabase database, EmbeddedFolder? folder = null) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await ApiKeys.Tables.Apply(database.Sql, cancellationToken);
        if (folder is null || File.Exists(folder.ApiKeyPath)) return;
        var (_, key) = await keys.Create("first key", Role.Operator, "default", null, cancellationToken);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var file = new StreamWriter(folder.ApiKeyPath, options);
        await file.WriteLineAsync(key.AsMemory(), cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
