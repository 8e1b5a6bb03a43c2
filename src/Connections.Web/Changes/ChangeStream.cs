using System.Text.Json;
using Connections.Web.Keys;
using Connections.Web.Responses;

namespace Connections.Web.Changes;

/// <summary>
/// Sends the changes of the caller's workspace as server-sent events, until the caller's key or session ends: that is looked at before each
/// change, and with each pulse.
/// </summary>
public static class ChangeStream
{
    private static readonly TimeSpan Pulse = TimeSpan.FromSeconds(20);

    public static async Task Write(HttpContext http, ChangeFeed feed, Callers callers, IHostApplicationLifetime lifetime, TimeProvider clock)
    {
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        using var turn = new SemaphoreSlim(1);
        try
        {
            await Send(": connected\n\n");
            await using var pulse = clock.CreateTimer(_ => _ = Beat(), null, Pulse, Pulse); // a proxy closes connections that are silent
            await foreach (var change in feed.Follow(http.Key().Workspace, ended.Token))
            {
                if (!await callers.IsStillValid(http)) return;
                await Send($"data: {JsonSerializer.Serialize(change, Json.Options)}\n\n");
            }
        }
        catch (OperationCanceledException)
        {
            // the browser left, or the host stops
        }

        async Task Beat()
        {
            try
            {
                if (await callers.IsStillValid(http)) await Send(": still here\n\n");
                else await ended.CancelAsync();
            }
            catch (Exception gone) when (gone is OperationCanceledException or IOException or ObjectDisposedException)
            {
                // the loop above ends too
            }
            catch (Exception) when (!ended.IsCancellationRequested)
            {
                await ended.CancelAsync(); // the keys cannot be read: the caller asks again
            }
        }

        async Task Send(string text)
        {
            await turn.WaitAsync(ended.Token);
            try
            {
                await http.Response.WriteAsync(text, ended.Token);
                await http.Response.Body.FlushAsync(ended.Token);
            }
            finally
            {
                turn.Release();
            }
        }
    }
}
