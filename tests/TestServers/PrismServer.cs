using System.Globalization;
using System.Runtime.Versioning;

namespace TestServers;

/// <summary>
/// Prism (https://github.com/stoplightio/prism): serves an OpenAPI description. It refuses requests that differ from the description, and
/// answers the others with the description's examples.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed class PrismServer : IAsyncDisposable
{
    private const string Host = "127.0.0.1";
    private const string Node = "/usr/bin/node";
    private readonly LaunchedServer launched;

    private PrismServer(LaunchedServer launched, int port) => (this.launched, Port) = (launched, port);

    public int Port { get; }

    /// <param name="modules">The folder node_modules with Prism in it.</param>
    public static bool Available(string modules) => File.Exists(Node) && File.Exists(Script(modules));

    /// <param name="modules">The folder node_modules with Prism in it.</param>
    /// <param name="description">The file of the description.</param>
    public static async Task<PrismServer> Start(string modules, string description)
    {
        var server = new PrismServer(await LaunchedServer.In("prism-", user: null, "-KILL"), Ports.Free());
        try
        {
            var port = server.Port.ToString(CultureInfo.InvariantCulture);
            await server.launched.Listen(server.Port, Node, Script(modules), "mock", "-h", Host, "-p", port, description);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => launched.DisposeAsync();

    private static string Script(string modules) => Path.Combine(modules, "@stoplight/prism-cli/dist/index.js");
}
