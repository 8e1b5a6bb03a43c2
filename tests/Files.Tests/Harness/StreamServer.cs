using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Files.Tests.Harness;

/// <param name="Sha256">Null: the body broke off.</param>
public sealed record ReceivedStream(string Target, IReadOnlyDictionary<string, string> Headers, long Size, string? Sha256);

/// <summary>An API on a free loopback port that reads and writes bodies of any size without keeping them.</summary>
public sealed class StreamServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private StreamServer(WebApplication app) => this.app = app;

    public ConcurrentQueue<ReceivedStream> Requests { get; } = new();

    public Func<HttpContext, Task> Answer { get; set; } = context => context.Response.WriteAsJsonAsync(new { });

    public int Port => new Uri(app.Urls.Single()).Port;

    public static async Task<StreamServer> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        var server = new StreamServer(builder.Build());
        server.app.Run(server.Receive);
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

    private async Task Receive(HttpContext context)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (buffer, size, whole) = (new byte[64 * 1024], 0L, true);
        try
        {
            for (int read; (read = await context.Request.Body.ReadAsync(buffer)) > 0; size += read) hash.AppendData(buffer, 0, read);
        }
        catch (Exception broken) when (broken is IOException or OperationCanceledException)
        {
            whole = false;
        }

        Requests.Enqueue(new ReceivedStream(
            context.Request.Path + context.Request.QueryString,
            context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase), size,
            whole ? Convert.ToHexStringLower(hash.GetHashAndReset()) : null));
        if (whole) await Answer(context);
    }
}
