using EventSourcing.Sql;

namespace Connections.Hosting;

/// <summary>The data folder of an embedded service.</summary>
public sealed record EmbeddedFolder(string Path)
{
    /// <summary>The files that cannot be rebuilt from others.</summary>
    public IReadOnlyList<string> Required { get; init; } = [];

    /// <summary>Whether another process uses the folder: a service that runs beside this command.</summary>
    public bool InUse { get; init; }

    public string ApiKeyPath => In(EmbeddedStores.ApiKeyFile);

    public string KeyRingPath => In(EmbeddedStores.KeyRingFile);

    public string In(string file) => System.IO.Path.Combine(Path, file);

    /// <summary>Writes a file that only its owner can read.</summary>
    public async Task Write(string file, string text, CancellationToken ct)
    {
        await using var stream = PrivateFile.Open(In(file), FileShare.Read);
        stream.SetLength(0);
        await using var writer = new StreamWriter(stream);
        await writer.WriteAsync(text.AsMemory(), ct);
    }
}
