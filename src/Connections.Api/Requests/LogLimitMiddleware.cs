using EventSourcing;

namespace Connections.Api.Requests;

/// <summary>
/// Lets requests fail soon while the log is away, so that their callers get 503. A request that reads waits a few seconds. One that changes
/// something is refused before it begins, if the log is known to be away; once it has begun, it outlasts the election of a new leader, so that
/// its caller learns what was stored.
/// </summary>
public sealed class LogLimitMiddleware(RequestDelegate next, IEventLog log)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    public async Task Invoke(HttpContext context)
    {
        if (context.GetEndpoint() is { } endpoint && endpoint.Metadata.GetMetadata<OutlastsOutages>() is null)
        {
            var reads = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
            if (reads)
            {
                using (ReadLimit.Set(Limit)) await next(context);
                return;
            }

            if (log.IsAway)
            {
                using (ReadLimit.Set(Limit)) await log.Head(context.RequestAborted);
            }
        }

        await next(context);
    }
}

/// <summary>Marks an endpoint whose request changes something although its method is GET.</summary>
public sealed record OutlastsOutages;
