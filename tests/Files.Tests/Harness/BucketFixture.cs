using TestServers;

namespace Files.Tests.Harness;

/// <summary>A bucket of s3rver, which keeps its objects in files.</summary>
public sealed class BucketFixture : IAsyncLifetime
{
    private static readonly string Modules = Path.Combine(RepositoryFolder.Root, "tests", "Connectors.Tests", "S3", "s3rver", "node_modules");

    private ObjectStoreServer? server;

    /// <summary>The end of the names of the files that hold objects.</summary>
    public const string Ending = "._S3rver_object";

    private ObjectStoreServer Server
    {
        get
        {
            Assert.SkipWhen(server is null, "s3rver is not installed");
            return server!;
        }
    }

    public async ValueTask InitializeAsync() =>
        server = ObjectStoreServer.S3rverAvailable(Modules) ? await ObjectStoreServer.StartS3rver(Modules) : null;

    public ValueTask DisposeAsync() => server?.DisposeAsync() ?? ValueTask.CompletedTask;

    public string FolderOf(string prefix) => Path.Combine(Server.Data, ObjectStoreServer.Bucket, prefix.TrimEnd('/'));

    public IReadOnlyDictionary<string, string?> Settings(string prefix) => new Dictionary<string, string?>
    {
        ["Files:Bucket:Name"] = ObjectStoreServer.Bucket,
        ["Files:Bucket:Prefix"] = prefix,
        ["Files:Bucket:Endpoint"] = Server.Address,
        ["Files:Bucket:AccessKeyId"] = "S3RVER",
        ["Files:Bucket:SecretAccessKey"] = "S3RVER"
    };

    /// <summary>The objects and the unfinished uploads, without the identity.</summary>
    public IEnumerable<string> Stored(string prefix) => Directory.GetFiles(FolderOf(prefix), "*", SearchOption.AllDirectories)
        .Where(file => !Path.GetFileName(file).StartsWith("store-id", StringComparison.Ordinal))
        .Where(file => file.EndsWith(Ending, StringComparison.Ordinal));
}
