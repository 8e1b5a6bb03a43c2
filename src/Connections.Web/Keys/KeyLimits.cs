using System.Threading.RateLimiting;
using Connections.Web.Responses;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace Connections.Web.Keys;

/// <summary>Section <c>Http</c>.</summary>
public sealed class ApiHttpOptions
{
    /// <summary>The requests per second that one key may send.</summary>
    public int RequestsPerSecond { get; set; } = 2_000;

    /// <summary>The requests of one key that may be open at a time: waits, change streams, tests and uploads.</summary>
    public int OpenRequestsPerKey { get; set; } = 1_000;

    /// <summary>
    /// The address of this service for browsers, such as <c>https://connections.example.com</c>; required outside loopback.
    /// </summary>
    public string? PublicUrl { get; set; }
}

/// <summary>Limits the request rate of each key and its open requests, per process.</summary>
public static class KeyLimits
{
    public static IServiceCollection AddKeyLimits(this IServiceCollection services)
    {
        services.AddRateLimiter(_ => { });
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<ApiHttpOptions>>((limiter, http) => Configure(limiter, http.Value));
        return services;
    }

    private static void Configure(RateLimiterOptions limiter, ApiHttpOptions options)
    {
        var (perSecond, open) = (options.RequestsPerSecond, options.OpenRequestsPerKey);
        limiter.GlobalLimiter = PartitionedRateLimiter.CreateChained(
            ByKey(key => RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = perSecond,
                TokensPerPeriod = Math.Max(1, perSecond / 10),
                ReplenishmentPeriod = TimeSpan.FromMilliseconds(100)
            })),
            ByKey(key => RateLimitPartition.GetConcurrencyLimiter(key, _ => new ConcurrencyLimiterOptions { PermitLimit = open })));
        limiter.OnRejected = async (rejected, _) =>
        {
            rejected.HttpContext.Response.Headers.RetryAfter = "1";
            var tooFast = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan _);
            await Problems.Write(rejected.HttpContext, Problems.From(429, "request.rate-limited", tooFast
                ? $"A key may send {perSecond} requests per second. Slow down."
                : $"A key may have {open} requests open at a time. Close some, such as change streams, or wait for their end."));
        };
    }

    private static PartitionedRateLimiter<HttpContext> ByKey(Func<Guid, RateLimitPartition<Guid>> partition) =>
        PartitionedRateLimiter.Create<HttpContext, Guid>(http => http.User is KeyPrincipal caller
            ? partition(caller.Key.Id)
            : RateLimitPartition.GetNoLimiter(Guid.Empty));
}
