using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace TestServers;

/// <summary>A test API on a free loopback port. It records the requests that it receives.</summary>
public sealed class ApiServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private ApiServer(WebApplication app) => this.app = app;

    public ConcurrentQueue<ReceivedRequest> Requests { get; } = new();

    public Func<HttpContext, Task> Answer { get; set; } = context => context.Response.WriteAsync("ok");

    public int Port => new Uri(app.Urls.Single()).Port;

    /// <param name="certificate">Enables TLS.</param>
    public static async Task<ApiServer> Start((string Certificate, string Key)? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            if (certificate is not { } pem) return;
            using var once = X509Certificate2.CreateFromPem(pem.Certificate, pem.Key);
            listen.UseHttps(X509CertificateLoader.LoadPkcs12(once.Export(X509ContentType.Pfx), null));
        }));
        var server = new ApiServer(builder.Build());
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

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
    }
}

public sealed record ReceivedRequest(string Method, string Target, Dictionary<string, string> Headers, string Body);
