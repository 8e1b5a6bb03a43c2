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

    /// <summary>
    /// The address of this service for browsers, such as <c>https://connections.example.com</c>; required outside loopback.
    /// </summary>
    public string? PublicUrl { get; set; }
}

/// <summary>Limits the request rate of each key, per process.</summary>
public static class KeyLimits
{
    public static IServiceCollection AddKeyLimits(this IServiceCollection services)
    {
        services.AddRateLimiter(_ => { });
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<ApiHttpOptions>>((limiter, http) => Configure(limiter, http.Value.RequestsPerSecond));
        return services;
    }

    private static void Configure(RateLimiterOptions limiter, int perSecond)
    {
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, Guid>(http => http.User is KeyPrincipal caller
            ? RateLimitPartition.GetTokenBucketLimiter(caller.Key.Id, _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = perSecond,
                TokensPerPeriod = Math.Max(1, perSecond / 10),
                ReplenishmentPeriod = TimeSpan.FromMilliseconds(100)
            })
            : RateLimitPartition.GetNoLimiter(Guid.Empty));
        limiter.OnRejected = async (rejected, _) =>
        {
            rejected.HttpContext.Response.Headers.RetryAfter = "1";
            await Problems.Write(rejected.HttpContext, Problems.From(
                429, "request.rate-limited", $"A key may send {perSecond} requests per second. Slow down."));
        };
    }
}
