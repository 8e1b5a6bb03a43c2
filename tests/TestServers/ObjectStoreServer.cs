using System.Globalization;
using System.Runtime.Versioning;

namespace TestServers;

/// <summary>A server that speaks the protocol of Amazon S3, on a free loopback port.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ObjectStoreServer : IAsyncDisposable
{
    public const string Bucket = "files";

    private const string Node = "/usr/bin/node";
    private readonly LaunchedServer launched;

    private ObjectStoreServer(LaunchedServer launched, int port) => (this.launched, Address) = (launched, $"http://127.0.0.1:{port}");

    public string Address { get; }

    /// <summary>The folder of the objects of s3rver.</summary>
    public string Data => Path.Combine(launched.Folder, "data");

    /// <summary>Moto (https://docs.getmoto.org/en/latest/docs/server_mode.html): also has STS. Null if it is not installed.</summary>
    public static string? Moto { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(folder => Path.Combine(folder, "moto_server")).FirstOrDefault(File.Exists);

    /// <param name="modules">The folder node_modules with s3rver (https://github.com/jamhall/s3rver) in it.</param>
    public static bool S3rverAvailable(string modules) => File.Exists(Node) && File.Exists(Script(modules));

    public static Task<ObjectStoreServer> StartMoto() => Start("moto-", (port, _) => [Moto!, "-H", "127.0.0.1", "-p", port]);

    public static Task<ObjectStoreServer> StartS3rver(string modules) => Start(
        "s3rver-",
        (port, folder) => [Node, Script(modules), "-d", Path.Combine(folder, "data"), "-a", "127.0.0.1", "-p", port, "--configure-bucket", Bucket]);

    public ValueTask DisposeAsync() => launched.DisposeAsync();

    private static async Task<ObjectStoreServer> Start(string prefix, Func<string, string, string[]> command)
    {
        var port = Ports.Free();
        var server = new ObjectStoreServer(await LaunchedServer.In(prefix, user: null, "-KILL"), port);
        try
        {
            Directory.CreateDirectory(Path.Combine(server.launched.Folder, "data"));
            await server.launched.Start(server.Answers, command(port.ToString(CultureInfo.InvariantCulture), server.launched.Folder));
            using var client = new HttpClient();
            using var created = await client.PutAsync($"{server.Address}/{Bucket}", null);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private async Task<bool> Answers()
    {
        using var client = new HttpClient();
        try
        {
            using var response = await client.GetAsync(Address);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static string Script(string modules) => Path.Combine(modules, "s3rver/bin/s3rver.js");
}
