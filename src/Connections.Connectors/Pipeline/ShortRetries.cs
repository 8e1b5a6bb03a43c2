using Connections.Domain;
using Polly;
using Polly.Retry;

namespace Connections.Connectors;

/// <summary>A blip is not worth a deferral: what surely did not arrive, or may be repeated, is tried twice more within the attempt.</summary>
public sealed class ShortRetries(TimeProvider clock)
{
    public const int MaxRetries = 2;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    public async Task<ConnectorResult> Run(
        Func<Task<ConnectorResult>> attempt, Func<bool> repeatable, Func<TimeSpan> left, CancellationToken ct)
    {
        ConnectorResult.Failed? tried = null;
        var pipeline = new ResiliencePipelineBuilder<ConnectorResult> { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions<ConnectorResult>
            {
                MaxRetryAttempts = MaxRetries,
                Delay = TimeSpan.FromMilliseconds(200),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                MaxDelay = LongestWait,
                ShouldHandle = args =>
                {
                    if (args.Outcome.Result is not ConnectorResult.Failed { Kind: FailureKind.Unavailable, Attempted: true } failed)
                        return new ValueTask<bool>(false);
                    tried = failed;
                    var soon = failed.RetryAfter is null || failed.RetryAfter <= LongestWait;
                    return new ValueTask<bool>(soon && !ct.IsCancellationRequested && left() > LongestWait * 2
                        && (failed.Delivered == Delivered.No || repeatable()));
                },
                DelayGenerator = args => new ValueTask<TimeSpan?>((args.Outcome.Result as ConnectorResult.Failed)?.RetryAfter)
            })
            .Build();

        var result = await pipeline.ExecuteAsync(async _ => await attempt(), CancellationToken.None);

        // the circuit opened between two tries: it was an attempt all the same
        return result is ConnectorResult.Failed { Kind: FailureKind.Unavailable, Attempted: false } && tried is not null ? tried : result;
    }
}
