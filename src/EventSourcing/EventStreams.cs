using System.Diagnostics;

namespace EventSourcing;

/// <summary>Load, decide, append. Only this class writes to streams of this kind.</summary>
public class EventStreams<TId, TState, TCommand, TEvent>(IEventLog log, Decider<TState, TCommand, TEvent> decider, EventTypes types)
    where TId : IStreamId
    where TCommand : class
    where TEvent : class
{
    private const int MaxAttempts = 3;

    /// <summary>Reads, decides and appends at the revision read. After a conflict it starts again, three times at most.</summary>
    /// <exception cref="RejectedException">A rule forbids it; nothing was appended.</exception>
    /// <exception cref="StreamConflictException">Another writer was faster each time.</exception>
    public Task<Loaded<TState>> Handle(TId id, TCommand command, EventMetadata metadata, CancellationToken ct) =>
        Handle(id, metadata, (_, _) => Task.FromResult<TCommand?>(command), ct);

    /// <summary>
    /// Reads, prepares, decides and appends at the revision read. After a conflict, also one during the preparation, it starts again. When
    /// the command is rejected, or another writer was faster each time, the steps of all preparations are undone, the last one first. After
    /// any other fault nothing is undone, because the events may have been appended.
    /// </summary>
    /// <param name="prepare">Returns the command; null when there is nothing to decide.</param>
    /// <exception cref="RejectedException">A rule forbids it; nothing was appended.</exception>
    /// <exception cref="StreamConflictException">Another writer was faster each time.</exception>
    public async Task<Loaded<TState>> Handle(
        TId id,
        EventMetadata metadata,
        Func<Preparation<TState>, CancellationToken, Task<TCommand?>> prepare,
        CancellationToken ct,
        int maxAttempts = MaxAttempts)
    {
        var undo = new Stack<Func<Task>>();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var loaded = await Load(id, ct);
                return await prepare(new Preparation<TState>(loaded, undo), ct) is { } command
                    ? await Append(loaded, command, metadata, ct)
                    : loaded;
            }
            catch (StreamConflictException) when (attempt < maxAttempts)
            {
            }
            catch (Exception failed) when (failed is RejectedException or StreamConflictException)
            {
                while (undo.TryPop(out var step)) await step();
                throw;
            }
        }
    }

    public async Task<Loaded<TState>> Load(TId id, CancellationToken ct)
    {
        var slice = await log.Read(id.Stream, ct);
        return new Loaded<TState>(id.Stream, slice.Revision, Fold(slice.Events)) { First = slice.Events.Count > 0 ? slice.Events[0] : null };
    }

    /// <summary>Decides on the loaded state and appends at its revision. An event appended in between causes a conflict.</summary>
    public async Task<Loaded<TState>> Append(Loaded<TState> loaded, TCommand command, EventMetadata metadata, CancellationToken ct)
    {
        var decided = decider.Decide(command, loaded.State);
        if (decided.Count == 0) return loaded;
        using var hop = Flow.Command.Begin("append", Activity.Current is null ? metadata.Trace : null);
        var about = Following(metadata, loaded.First);
        var traced = Flow.Trace is { } trace ? about with { Trace = trace } : about;
        var events = decided.Select(e => types.Write(Guid.CreateVersion7(), e, traced)).ToArray();
        hop?.SetTag(HopTags.Stream, loaded.Stream).SetTag(HopTags.Events, string.Join(' ', events.Select(e => e.Type)));
        var appended = await log.Append(loaded.Stream, loaded.Revision, events, ct);
        hop?.SetTag(HopTags.Revision, appended.Revision);
        Appended(decided);
        return new Loaded<TState>(loaded.Stream, appended.Revision, decided.Aggregate(loaded.State, decider.Evolve))
        {
            Position = appended.Position,
            First = loaded.First
        };
    }

    /// <summary>Metadata for the new events; a derived class may add what the stream's first event shows.</summary>
    protected virtual EventMetadata Following(EventMetadata metadata, RecordedEvent? first) => metadata;

    /// <summary>Called after this process appended events; used for metrics.</summary>
    protected virtual void Appended(IReadOnlyList<TEvent> events)
    {
    }

    private TState Fold(IReadOnlyList<RecordedEvent> events) =>
        events.Select(e => (TEvent)types.Read(e)).Aggregate(decider.Initial, decider.Evolve);
}

/// <summary>The state of a stream and the revision it was read at.</summary>
public sealed record Loaded<TState>(string Stream, long Revision, TState State)
{
    /// <summary>The log position of the last append of this call; null when nothing was appended.</summary>
    public long? Position { get; init; }

    /// <summary>The stream's first event, if the stream was read.</summary>
    public RecordedEvent? First { get; init; }
}
