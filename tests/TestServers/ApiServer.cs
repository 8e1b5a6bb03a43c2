using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace TestServers;

/// <summary>
/// A test API on a free loopback port. It records the requests that it receives. After <see cref="Stop"/> its port refuses connections,
/// and no other program gets the port before the server is disposed.
/// </summary>
public sealed class ApiServer : IAsyncDisposable
{
    // Bound, and never listening. Linux lets a second socket listen at the same port meanwhile (SO_REUSEADDR in socket(7)).
    private readonly Socket reservation;
    private readonly WebApplication app;
    private bool stopped;

    private ApiServer(Socket reservation, WebApplication app) => (this.reservation, this.app) = (reservation, app);

    public ConcurrentQueue<ReceivedRequest> Requests { get; } = new();

    public Func<HttpContext, Task> Answer { get; set; } = context => context.Response.WriteAsync("ok");

    public int Port => ((IPEndPoint)reservation.LocalEndPoint!).Port;

    /// <param name="certificate">Enables TLS.</param>
    public static async Task<ApiServer> Start((string Certificate, string Key)? certificate = null)
    {
        var reservation = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        reservation.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var address = (IPEndPoint)reservation.LocalEndPoint!;
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(address, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            if (certificate is not { } pem) return;
            using var once = X509Certificate2.CreateFromPem(pem.Certificate, pem.Key);
            listen.UseHttps(X509CertificateLoader.LoadPkcs12(once.Export(X509ContentType.Pfx), null));
        }));
        var server = new ApiServer(reservation, builder.Build());
        server.app.Run(async context =>
        {
            using var body = new StreamReader(context.Request.Body);
            server.Requests.Enqueue(new ReceivedRequest(
                context.Request.Method, context.Request.Path.Value + context.Request.QueryString,
                context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase), await body.ReadToEndAsync()));
            await server.Answer(context);
        });
        await server.app.StartAsync();
        return server;
    }

    /// <summary>Closes the port and all connections at once.</summary>
    public async Task Stop()
    {
        if (stopped) return;
        stopped = true;
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        reservation.Dispose();
    }
}

public sealed record ReceivedRequest(string Method, string Target, Dictionary<string, string> Headers, string Body);
