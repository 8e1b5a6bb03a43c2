namespace Connections.Hosting;

/// <summary>The data folder of an embedded service.</summary>
public sealed record EmbeddedFolder(string Path)
{
    /// <summary>The files that cannot be rebuilt from others.</summary>
    public IReadOnlyList<string> Required { get; init; } = [];

    public string ApiKeyPath => In(EmbeddedStores.ApiKeyFile);

    public string KeyRingPath => In(EmbeddedStores.KeyRingFile);

    public string In(string file) => System.IO.Path.Combine(Path, file);
}
