namespace Connections.Hosting;

/// <summary>Where an embedded service keeps everything.</summary>
public sealed record EmbeddedFolder(string Path)
{
    public string ApiKeyPath => In(EmbeddedStores.ApiKeyFile);

    public string KeyRingPath => In(EmbeddedStores.KeyRingFile);

    public string In(string file) => System.IO.Path.Combine(Path, file);
}
