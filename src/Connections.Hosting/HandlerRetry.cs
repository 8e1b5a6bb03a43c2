using System.Text.Json;
using EventSourcing;
using MassTransit;
using MassTransit.RetryPolicies;

namespace Connections.Hosting;

/// <summary>
/// Retries the handling of a message after 1, 2, 4 … 30 s. While a store or the broker is unavailable, there is no limit. A fault of the
/// message itself is retried 3 times, any other fault 15 times. After that the message goes to the error queue.
/// </summary>
internal sealed class HandlerRetry(TimeProvider clock) : IRetryPolicy
{
    private const int MaxForMessageFaults = 3;
    private const int MaxForOtherFaults = 15;

    private readonly TimeProvider clock = clock;

    public RetryPolicyContext<T> CreatePolicyContext<T>(T context)
        where T : class, PipeContext => new Handling<T>(this, context);

    // A rejection is final: a retry would give the same result.
    public bool IsHandled(Exception exception) => exception is not RejectedException;

    public void Probe(ProbeContext context) => context.CreateScope("handlerRetry");

    private static int Limit(Exception fault) => fault switch
    {
        _ when StoreFaults.OrBrokerAreUnavailable(fault) => int.MaxValue,
        JsonException or FormatException or ArgumentException or NotSupportedException or InvalidCastException or NullReferenceException =>
            MaxForMessageFaults,
        _ => MaxForOtherFaults
    };

    private sealed class Handling<T>(HandlerRetry policy, T context) : BaseRetryPolicyContext<T>(policy, context)
        where T : class, PipeContext
    {
        protected override RetryContext<T> CreateRetryContext(Exception exception, CancellationToken cancellationToken) =>
            new Attempt<T>(policy, Context, exception, 0, cancellationToken);
    }

    private sealed class Attempt<T>(HandlerRetry policy, T context, Exception fault, int before, CancellationToken ct)
        : BaseRetryContext<T>(context, fault, before, ct), RetryContext<T>
        where T : class, PipeContext
    {
        public override Task PreRetry() => Task.Delay(BackoffCurve.Default.After(RetryCount + 1), policy.clock, CancellationToken);

        public bool CanRetry(Exception exception, out RetryContext<T> retryContext)
        {
            retryContext = new Attempt<T>(policy, Context, exception, Math.Min(RetryAttempt, int.MaxValue - 2), CancellationToken);
            return policy.IsHandled(exception) && RetryAttempt < Limit(exception);
        }
    }
}
