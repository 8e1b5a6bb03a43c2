using Connections.Domain;
using Polly;
using Polly.Retry;

namespace Connections.Connectors.Pipeline;

/// <summary>
/// Retries a call twice within the attempt, so that a short fault causes no deferral. Retries only calls that were not delivered or are
/// repeatable.
/// </summary>
public sealed class ShortRetries(TimeProvider clock)
{
    public const int MaxRetries = 2;

    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(2);
    private static readonly ResiliencePropertyKey<Call> Key = new("call");

    // One pipeline for all calls, because building it costs more than running it.
    private readonly ResiliencePipeline<ConnectorResult> pipeline = new ResiliencePipelineBuilder<ConnectorResult> { TimeProvider = clock }
        .AddRetry(new RetryStrategyOptions<ConnectorResult>
        {
            MaxRetryAttempts = MaxRetries,
            Delay = TimeSpan.FromMilliseconds(200),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            MaxDelay = MaxDelay,
            ShouldHandle = args => new ValueTask<bool>(GetCall(args.Context).ShouldRetry(args.Outcome.Result)),
            DelayGenerator = args => new ValueTask<TimeSpan?>((args.Outcome.Result as ConnectorResult.Failed)?.RetryAfter)
        })
        .Build();

    public async Task<ConnectorResult> Run(
        Func<Task<ConnectorResult>> attempt, Func<bool> repeatable, Func<TimeSpan> left, CancellationToken ct)
    {
        var call = new Call(attempt, repeatable, left, ct);
        var context = ResilienceContextPool.Shared.Get(CancellationToken.None);
        try
        {
            context.Properties.Set(Key, call);
            var result = await pipeline.ExecuteAsync(static async context => await GetCall(context).Attempt(), context);

            // The circuit opened between two tries. Return the failure of the try that was made.
            return result is ConnectorResult.Failed { Kind: FailureKind.Unavailable, Attempted: false } && call.Tried is { } tried ? tried : result;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static Call GetCall(ResilienceContext context) => context.Properties.GetValue(Key, null!);

    private sealed class Call(Func<Task<ConnectorResult>> attempt, Func<bool> repeatable, Func<TimeSpan> left, CancellationToken ct)
    {
        public ConnectorResult.Failed? Tried { get; private set; }

        public Task<ConnectorResult> Attempt() => attempt();

        public bool ShouldRetry(ConnectorResult? result)
        {
            if (result is not ConnectorResult.Failed { Kind: FailureKind.Unavailable, Attempted: true } failed) return false;
            Tried = failed;
            var soon = failed.RetryAfter is null || failed.RetryAfter <= MaxDelay;
            return soon && !ct.IsCancellationRequested && left() > MaxDelay * 2 && (failed.Delivered == Delivered.No || repeatable());
        }
    }
}
