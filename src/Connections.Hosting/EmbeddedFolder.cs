namespace Connections.Hosting;

/// <summary>The data folder of an embedded service.</summary>
public sealed record EmbeddedFolder(string Path)
{
    public string ApiKeyPath => In(EmbeddedStores.ApiKeyFile);

    public string KeyRingPath => In(EmbeddedStores.KeyRingFile);

    public string In(string file) => System.IO.Path.Combine(Path, file);
}
