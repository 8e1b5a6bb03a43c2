namespace EventSourcing;

/// <summary>The rules of one kind of stream, without I/O and without clocks.</summary>
public sealed record Decider<TState, TCommand, TEvent>(
    TState Initial,
    Func<TState, TEvent, TState> Evolve,
    Func<TCommand, TState, IReadOnlyList<TEvent>> Decide);
