using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace EventSourcing.EventStoreDb;

/// <summary>
/// Logs one warning for an outage, however many calls fail. Calls that succeed in between do not make it two: after a warning, the next one
/// comes half a minute later at the earliest.
/// </summary>
internal sealed class Outage(ConnectionString settings, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan MinPause = TimeSpan.FromSeconds(30);

    private readonly Lock sync = new();
    private long? warnedAt;
    private volatile bool under;

    public void Begin(RpcException failed)
    {
        lock (sync)
        {
            if (under || (warnedAt is { } at && clock.GetElapsedTime(at) < MinPause)) return;
            (warnedAt, under) = (clock.GetTimestamp(), true);
        }

        logger.LogWarning(
            "EventStoreDB at {Places} is unavailable ({Status}). Retrying until it responds{Hint}", settings.Places, failed.StatusCode, Hint(failed));
    }

    public void End()
    {
        if (!under) return; // without the lock: this is on the path of every call
        lock (sync)
        {
            if (!under) return;
            under = false;
        }

        logger.LogInformation("EventStoreDB at {Places} is available again", settings.Places);
    }

    // A server with TLS reads the plain call as a broken handshake, and closes the connection or answers with something that is not HTTP/2.
    private string Hint(RpcException failed)
    {
        if (settings.Tls) return "";
        for (var cause = failed.Status.DebugException; cause is not null; cause = cause.InnerException)
        {
            if (cause is HttpRequestException { HttpRequestError: not (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError) })
                return ". It accepts connections and does not speak HTTP/2 without encryption. If it expects TLS, remove tls=false";
        }

        return "";
    }
}
