using System.Text;
using EventSourcing;

namespace Domain.Tests;

/// <summary>Given events, when a command is sent, then events, nothing or a rejection. Events are compared in their stored form.</summary>
public sealed class Spec<TState, TCommand, TEvent>(
    Decider<TState, TCommand, TEvent> decider, EventTypes types, IReadOnlyList<TEvent> given)
    where TEvent : class
{
    private static readonly EventMetadata Metadata = new("default", "key-1");

    public Result When(TCommand command) => new(this, command);

    /// <summary>The state after the given events, each written and read back.</summary>
    public TState State => given.Select(Stored).Aggregate(decider.Initial, decider.Evolve);

    private TEvent Stored(TEvent e)
    {
        var written = types.Write(Guid.Empty, e, Metadata);
        return (TEvent)types.Read(new RecordedEvent("s-1", 0, 1, written.Id, written.Type, written.Data, written.Metadata, default));
    }

    private string Text(TEvent e)
    {
        var written = types.Write(Guid.Empty, e, Metadata);
        return $"{written.Type} {Encoding.UTF8.GetString(written.Data.Span)}";
    }

    public sealed class Result(Spec<TState, TCommand, TEvent> spec, TCommand command)
    {
        /// <summary>Exactly these events; the same command sent again adds nothing.</summary>
        public void Then(params TEvent[] expected)
        {
            Assert.NotEmpty(expected);
            Assert.Equal(expected.Select(spec.Text), Decided(spec.State).Select(spec.Text));
            Assert.Empty(Decided(Now));
        }

        public void ThenNothing()
        {
            Assert.Empty(Decided(spec.State));
            Assert.Empty(Decided(spec.State));
        }

        public void ThenRejected(string code)
        {
            Assert.Equal(code, Assert.Throws<RejectedException>(() => Decided(spec.State)).Code);
            Assert.Equal(code, Assert.Throws<RejectedException>(() => Decided(spec.State)).Code);
        }

        /// <summary>Exactly one event of this type, for rules about one of its values.</summary>
        public T ThenOne<T>()
            where T : TEvent
        {
            var one = Assert.IsAssignableFrom<T>(Assert.Single(Decided(spec.State)));
            Assert.Empty(Decided(Now));
            return one;
        }

        /// <summary>The state after the decision.</summary>
        public TState Now => Decided(spec.State).Select(spec.Stored).Aggregate(spec.State, spec.Fold);

        /// <summary>
        /// Stored names and the resulting status (<c>connection-deleted → Deleted</c>), <c>-</c>, or the code of a rejection.
        /// </summary>
        public string InWords(Func<TState, object> status)
        {
            try
            {
                var events = Decided(spec.State);
                if (events.Count == 0) return "-";
                Assert.Empty(Decided(Now));
                return $"{string.Join(", ", events.Select(e => spec.Names(e)))} → {status(Now)}";
            }
            catch (RejectedException refused)
            {
                return refused.Code;
            }
        }

        private IReadOnlyList<TEvent> Decided(TState state) => spec.Decide(command, state);
    }

    private IReadOnlyList<TEvent> Decide(TCommand command, TState state) => decider.Decide(command, state);

    private TState Fold(TState was, TEvent e) => decider.Evolve(was, e);

    private string Names(TEvent e) => types.Names[e.GetType()];
}
