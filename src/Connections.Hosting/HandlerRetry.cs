using System.Text.Json;
using EventSourcing;
using MassTransit;
using MassTransit.RetryPolicies;

namespace Connections.Hosting;

/// <summary>
/// How often a message is handled anew, after 1, 2, 4 … 30 s: while what is needed is away, without end; where the message itself is in the way,
/// a few times; for whatever else, some minutes. What is left then goes to the error queue, and its place to the next.
/// </summary>
internal sealed class HandlerRetry(TimeProvider clock) : IRetryPolicy
{
    private const int OfItself = 3;
    private const int OfTheUnknown = 15;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly TimeProvider clock = clock;

    public RetryPolicyContext<T> CreatePolicyContext<T>(T context)
        where T : class, PipeContext => new Handling<T>(this, context);

    // a refusal is an answer: asking again will not change it
    public bool IsHandled(Exception exception) => exception is not RejectedException;

    public void Probe(ProbeContext context) => context.CreateScope("handlerRetry");

    private static int Limit(Exception fault) => fault switch
    {
        _ when StoreFaults.OrBrokerAreUnavailable(fault) => int.MaxValue,
        JsonException or FormatException or ArgumentException or NotSupportedException or InvalidCastException or NullReferenceException => OfItself,
        _ => OfTheUnknown
    };

    private sealed class Handling<T>(HandlerRetry policy, T context) : BaseRetryPolicyContext<T>(policy, context)
        where T : class, PipeContext
    {
        protected override RetryContext<T> CreateRetryContext(Exception exception, CancellationToken cancellationToken) =>
            new Again<T>(policy, Context, exception, 0, cancellationToken);
    }

    private sealed class Again<T>(HandlerRetry policy, T context, Exception fault, int before, CancellationToken ct)
        : BaseRetryContext<T>(context, fault, before, ct), RetryContext<T>
        where T : class, PipeContext
    {
        public override Task PreRetry() => Task.Delay(Pause, policy.clock, CancellationToken);

        public bool CanRetry(Exception exception, out RetryContext<T> retryContext)
        {
            retryContext = new Again<T>(policy, Context, exception, Math.Min(RetryAttempt, int.MaxValue - 2), CancellationToken);
            return policy.IsHandled(exception) && RetryAttempt < Limit(exception);
        }

        private TimeSpan Pause => RetryCount < 5 ? TimeSpan.FromSeconds(1 << RetryCount) : Longest;
    }
}
