using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace EventSourcing.EventStoreDb;

/// <summary>
/// Knows since when calls fail. Logs one warning for an outage, however many calls fail. Calls that succeed in between do not make it two:
/// after a warning, the next one comes half a minute later at the earliest.
/// </summary>
internal sealed class Outage(ConnectionString settings, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan MinPause = TimeSpan.FromSeconds(30);

    private readonly Lock sync = new();
    private long began;
    private long successes;
    private long? warnedAt;
    private bool warned;
    private volatile bool under;
    private volatile bool waitedOut;

    /// <summary>Whether a caller has waited this long already, or calls have failed for this long, and none has succeeded since.</summary>
    public bool Lasts(TimeSpan limit) => under && (waitedOut || clock.GetElapsedTime(Volatile.Read(ref began)) >= limit);

    /// <summary>The number of calls that succeeded.</summary>
    public long Successes => Interlocked.Read(ref successes);

    /// <summary>Says that a caller got no response within its limit. If other calls succeeded meanwhile, only this one is slow.</summary>
    /// <param name="before">The successes when the call began.</param>
    public void WaitedOut(RpcException failed, long before)
    {
        if (Successes == before) Begin(failed, waited: true);
    }

    public void Begin(RpcException failed) => Begin(failed, waited: false);

    public void End()
    {
        Interlocked.Increment(ref successes);
        if (!under) return; // without the lock: this is on the path of every call
        lock (sync)
        {
            (under, waitedOut) = (false, false);
            if (!warned) return;
            warned = false;
        }

        logger.LogInformation("EventStoreDB at {Places} is available again", settings.Places);
    }

    private void Begin(RpcException failed, bool waited)
    {
        lock (sync)
        {
            waitedOut |= waited;
            if (!under)
            {
                Volatile.Write(ref began, clock.GetTimestamp());
                under = true;
            }

            if (warned || (warnedAt is { } at && clock.GetElapsedTime(at) < MinPause)) return;
            (warnedAt, warned) = (clock.GetTimestamp(), true);
        }

        logger.LogWarning(
            "EventStoreDB at {Places} is unavailable ({Status}). Retrying until it responds{Hint}", settings.Places, failed.StatusCode, Hint(failed));
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
