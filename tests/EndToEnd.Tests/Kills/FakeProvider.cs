using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using TestServers;

namespace EndToEnd.Tests.Kills;

/// <summary>How the provider handles a request: the first part of its path, before the marker.</summary>
internal enum ProviderBehaviour
{
    Quick,
    Slow,

    /// <summary>Rejected at first with 429: surely not done.</summary>
    Throttled,

    /// <summary>Rejected at first with 503 and Retry-After: surely not done.</summary>
    Later,

    /// <summary>Done, with status 500 at first.</summary>
    Broken,

    Forbidden,

    /// <summary>Done, with a broken connection at first.</summary>
    CutOff,

    /// <summary>Done, with a response after every timeout at first.</summary>
    Silent
}

/// <summary>A provider outside the killed processes. It counts accepted requests by their marker.</summary>
internal sealed class FakeProvider : IAsyncDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    private readonly ApiServer server;
    private readonly ConcurrentDictionary<string, int> arrived = new();
    private readonly ConcurrentDictionary<string, int> taken = new();
    private int brokenOff;

    private FakeProvider(ApiServer server) => this.server = server;

    public string Address => $"http://127.0.0.1:{server.Port}";

    /// <summary>The markers that arrived.</summary>
    public int Known => arrived.Count;

    /// <summary>The calls whose caller disconnected before the response.</summary>
    public int BrokenOff => brokenOff;

    public static async Task<FakeProvider> Start()
    {
        var provider = new FakeProvider(await ApiServer.Start());
        provider.server.Answer = provider.Answer;
        return provider;
    }

    /// <summary>How often a request was done. Rejected requests do not count.</summary>
    public int Done(Guid marker) => taken.GetValueOrDefault(marker.ToString());

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private async Task Answer(HttpContext context)
    {
        if (context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries) is not [var path, var marker]) return; // a connection test
        var manner = Enum.Parse<ProviderBehaviour>(path);
        var first = arrived.AddOrUpdate(marker, 1, (_, n) => n + 1) == 1;
        if (first && manner is (ProviderBehaviour.Throttled or ProviderBehaviour.Later))
        {
            context.Response.StatusCode = manner == ProviderBehaviour.Throttled ? 429 : 503;
            context.Response.Headers.RetryAfter = "1";
            return;
        }

        taken.AddOrUpdate(marker, 1, (_, n) => n + 1);
        if (manner == ProviderBehaviour.Slow) await Think(TimeSpan.FromMilliseconds(100 + (Guid.Parse(marker).ToByteArray()[15] * 5)), context);
        if (manner == ProviderBehaviour.Silent && first) await Think(Long, context);
        if (manner == ProviderBehaviour.CutOff && first) context.Abort();
        else if (manner == ProviderBehaviour.Forbidden) context.Response.StatusCode = 403;
        else if (manner == ProviderBehaviour.Broken && first) context.Response.StatusCode = 500;
        else await context.Response.WriteAsync(marker);
    }

    private async Task Think(TimeSpan time, HttpContext context)
    {
        try
        {
            await Task.Delay(time, TimeProvider.System, context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref brokenOff);
        }
    }
}
