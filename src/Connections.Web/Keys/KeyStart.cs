using System.Text;
using Connections.Hosting;
using Connections.Hosting.Keys;
using Connections.Hosting.Oidc;
using Connections.Hosting.Sessions;

namespace Connections.Web.Keys;

/// <summary>
/// Creates the tables of API keys and sessions before the host serves. Where no identity provider is configured, it ends the sessions of
/// people. In a new data folder it also creates an operator's key, in a file that only its owner may read.
/// </summary>
public sealed class KeyStart(
    ApiKeys keys, KeyDatabase database, SessionStore sessions, OidcSignIn? oidc = null, EmbeddedFolder? folder = null) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await ApiKeys.Tables.Apply(database.Sql, cancellationToken);
        await SessionStore.Tables.Apply(database.Sql, cancellationToken);
        if (oidc is { Settings: null }) await sessions.EndPeople(cancellationToken);
        if (folder is null || new FileInfo(folder.ApiKeyPath) is { Exists: true, Length: > 0 }) return;
        var (_, key) = await keys.Create("first key", Role.Operator, "default", null, cancellationToken);
        await Write(key, folder.ApiKeyPath, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Writes atomically: an empty file left by a crash would keep the next start from creating a key.
    private static async Task Write(string key, string path, CancellationToken ct)
    {
        var unfinished = $"{path}.new";
        File.Delete(unfinished);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using (var stream = new FileStream(unfinished, options))
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"{key}\n"), ct);
            stream.Flush(flushToDisk: true);
        }

        File.Move(unfinished, path, overwrite: true);
    }
}
