using System.Globalization;
using System.Runtime.Versioning;

namespace TestServers;

/// <summary>
/// A TLS server from OpenSSL's program. It sends exactly the given chain, fetches nothing, and answers a GET with a page of its own.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed class OpenSslServer : IAsyncDisposable
{
    public const string Host = "127.0.0.1";
    public const string NotInstalled = "the program openssl is not installed";

    private const string Program = "/usr/bin/openssl";
    private readonly LaunchedServer launched;

    private OpenSslServer(LaunchedServer launched, int port) => (this.launched, Port) = (launched, port);

    public static bool Available => File.Exists(Program);

    public int Port { get; }

    /// <param name="certificate">The server's certificate and key.</param>
    /// <param name="chain">The certificates that the server sends after its own, in this order.</param>
    /// <param name="protocol">The protocol that the server chooses by ALPN.</param>
    public static async Task<OpenSslServer> Start(
        (string Certificate, string Key) certificate, IReadOnlyList<string>? chain = null, string protocol = "http/1.1")
    {
        var server = new OpenSslServer(await LaunchedServer.In("tls-", null, "-KILL"), Ports.Free());
        try
        {
            await server.launched.Write("server.crt", certificate.Certificate);
            await server.launched.Write("server.key", certificate.Key);
            await server.launched.Write("chain.crt", string.Join('\n', chain ?? []));
            string[] sent = chain is { Count: > 0 } ? ["-cert_chain", "chain.crt"] : [];
            await server.launched.Listen(
                server.Port,
                [
                    Program, "s_server", "-accept", $"{Host}:{server.Port.ToString(CultureInfo.InvariantCulture)}",
                    "-cert", "server.crt", "-key", "server.key", "-www", "-alpn", protocol, .. sent
                ]);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => launched.DisposeAsync();
}
