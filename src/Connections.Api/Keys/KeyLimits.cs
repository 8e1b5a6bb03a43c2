using System.ComponentModel.DataAnnotations;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace Connections.Api;

/// <summary>Section <c>Http</c>.</summary>
public sealed class HttpOptions
{
    /// <summary>Requests per second that one key may send.</summary>
    [Range(1, 1_000_000)]
    public int RequestsPerSecond { get; set; } = 2_000;

    /// <summary>Where browsers find this service, such as <c>https://connections.example.com</c>; needed outside loopback.</summary>
    public string? PublicUrl { get; set; }
}

/// <summary>How fast each key may call this process.</summary>
public sealed class KeyLimits(IOptions<HttpOptions> options) : IDisposable
{
    private readonly PartitionedRateLimiter<ApiKey> limiter = PartitionedRateLimiter.Create<ApiKey, Guid>(key =>
        RateLimitPartition.GetTokenBucketLimiter(key.Id, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.Value.RequestsPerSecond,
            TokensPerPeriod = Math.Max(1, options.Value.RequestsPerSecond / 10),
            ReplenishmentPeriod = TimeSpan.FromMilliseconds(100)
        }));

    public int PerSecond => options.Value.RequestsPerSecond;

    public bool Allow(ApiKey key)
    {
        using var lease = limiter.AttemptAcquire(key);
        return lease.IsAcquired;
    }

    public void Dispose() => limiter.Dispose();
}
