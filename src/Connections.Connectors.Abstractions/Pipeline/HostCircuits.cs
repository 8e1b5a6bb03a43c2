using Connections.Domain;
using EventSourcing;
using Polly;
using Polly.CircuitBreaker;

namespace Connections.Connectors.Pipeline;

/// <summary>One circuit breaker per target host. A circuit is removed after ten minutes without use.</summary>
public sealed class HostCircuits(TimeProvider clock)
{
    public static readonly TimeSpan Break = TimeSpan.FromSeconds(15);

    private readonly ExpiringMap<string, Circuit> circuits = new(clock, TimeSpan.FromMinutes(10), expires: ExpiresAfter.LastUse);

    public int Tracked => circuits.Count;

    /// <summary>Makes the call. If the host's circuit is open, returns <c>unavailable</c> without an attempt.</summary>
    public async Task<ConnectorResult> Call(string? target, Func<Task<ConnectorResult>> call)
    {
        if (target is null) return await call();
        try
        {
            return await circuits.GetOrAdd(target, _ => new Circuit(clock)).Pipeline.ExecuteAsync(async _ => await call(), CancellationToken.None);
        }
        catch (BrokenCircuitException e)
        {
            return new ConnectorResult.Failed(
                FailureKind.Unavailable, "The host did not answer several times in a row; calls to it pause for some seconds.",
                Delivered.No, e.RetryAfter ?? Break, Attempted: false);
        }
    }

    /// <summary>How long calls to the host still pause; null if they do not pause.</summary>
    public TimeSpan? Pause(string? target)
    {
        if (target is null || !circuits.TryGetValue(target, out var circuit) || circuit.OpenedAt is not { } opened) return null;
        var left = Break - clock.GetElapsedTime(opened);
        return left > TimeSpan.Zero ? left : null;
    }

    /// <summary>Closes the circuit after the host has responded.</summary>
    public async Task Close(string? target)
    {
        if (target is not null && circuits.TryGetValue(target, out var circuit)) await circuit.Control.CloseAsync(CancellationToken.None);
    }

    private sealed class Circuit
    {
        public Circuit(TimeProvider clock) => Pipeline = new ResiliencePipelineBuilder<ConnectorResult> { TimeProvider = clock }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<ConnectorResult>
            {
                FailureRatio = 0.5,
                MinimumThroughput = 8,
                SamplingDuration = TimeSpan.FromSeconds(30),
                BreakDuration = Break,
                ManualControl = Control,
                OnOpened = _ => Set(clock.GetTimestamp()),
                OnClosed = _ => Set(null),
                ShouldHandle = args => new ValueTask<bool>(args.Outcome.Result is ConnectorResult.Failed
                {
                    Kind: FailureKind.Unavailable, Delivered: Delivered.No, Attempted: true, Answered: false
                })
            })
            .Build();

        public CircuitBreakerManualControl Control { get; } = new();

        public ResiliencePipeline<ConnectorResult> Pipeline { get; }

        public long? OpenedAt { get; private set; }

        private ValueTask Set(long? openedAt)
        {
            OpenedAt = openedAt;
            return default;
        }
    }
}
