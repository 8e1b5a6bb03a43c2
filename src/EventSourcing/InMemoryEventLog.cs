using System.Runtime.CompilerServices;

namespace EventSourcing;

/// <summary>An event log in memory, for tests. The same contract tests cover every event log.</summary>
public sealed class InMemoryEventLog(TimeProvider clock) : IEventLog
{
    private const int BatchSize = 512;

    private readonly Lock gate = new();
    private readonly Signal appended = new();
    private readonly Dictionary<string, List<Entry>> streams = [];
    private List<RecordedEvent> all = [];
    private long head;

    public InMemoryEventLog()
        : this(TimeProvider.System)
    {
    }

    public Task<StreamSlice> Read(string stream, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        lock (gate)
        {
            var entries = Entries(stream);
            return Task.FromResult(new StreamSlice(stream, GetRevision(entries), [.. entries.Select(e => e.Recorded)]));
        }
    }

    public Task<Appended> Append(string stream, long expected, IReadOnlyList<NewEvent> events, CancellationToken ct)
    {
        if (events.Count == 0) throw new ArgumentException("An append has at least one event.", nameof(events));
        if (ct.IsCancellationRequested) return Task.FromCanceled<Appended>(ct);
        try
        {
            return Task.FromResult(AppendNow(stream, expected, events));
        }
        catch (StreamConflictException conflict)
        {
            return Task.FromException<Appended>(conflict);
        }
    }

    public async IAsyncEnumerable<LogBatch> Subscribe(
        IReadOnlyList<string> prefixes, long after, [EnumeratorCancellation] CancellationToken ct)
    {
        var filter = new PrefixFilter(prefixes);
        var position = after;
        for (var caughtUp = false; ;)
        {
            ct.ThrowIfCancellationRequested();
            var more = appended.Next;
            var batch = ReadAfter(position, filter);
            if (batch.Position > position || !caughtUp)
            {
                position = batch.Position;
                caughtUp |= batch.CaughtUp;
                yield return batch;
            }

            if (batch.CaughtUp) await more.WaitAsync(ct);
        }
    }

    public Task<long> Head(CancellationToken ct)
    {
        lock (gate) return Task.FromResult(head);
    }

    public Task Remove(string stream, CancellationToken ct)
    {
        lock (gate)
        {
            streams.Remove(stream);
            all = all.FindAll(e => e.Stream != stream);
        }

        return Task.CompletedTask;
    }

    public Task KeepLast(string stream, int count, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        lock (gate)
        {
            var entries = Entries(stream);
            var first = GetRevision(entries) - count + 1;
            entries.RemoveAll(e => e.Recorded.Revision < first);
            all = all.FindAll(e => e.Stream != stream || e.Revision >= first);
        }

        return Task.CompletedTask;
    }

    private Appended AppendNow(string stream, long expected, IReadOnlyList<NewEvent> events)
    {
        Appended result;
        lock (gate)
        {
            var entries = Entries(stream);
            if (GetRevision(entries) != expected) return FindEarlierAppend(entries, stream, expected, events);
            var at = clock.GetUtcNow();
            for (var i = 0; i < events.Count; i++)
            {
                var e = events[i];
                var recorded = new RecordedEvent(
                    stream, expected + 1 + i, ++head, e.Id, e.Type, e.Data.ToArray(), e.Metadata.ToArray(), at);
                entries.Add(new Entry(recorded, EndsAppend: i == events.Count - 1));
                all.Add(recorded);
            }

            streams[stream] = entries;
            result = new Appended(expected + events.Count, head);
        }

        appended.Set();
        return result;
    }

    private List<Entry> Entries(string stream) => streams.TryGetValue(stream, out var entries) ? entries : [];

    private static long GetRevision(List<Entry> entries) => entries.Count == 0 ? Revision.NoStream : entries[^1].Recorded.Revision;

    private static Appended FindEarlierAppend(List<Entry> entries, string stream, long expected, IReadOnlyList<NewEvent> events)
    {
        var same = entries.FindAll(e => e.Recorded.Revision > expected && e.Recorded.Revision <= expected + events.Count);
        var before = entries.Find(e => e.Recorded.Revision == expected);
        var wasOneAppend = before is null or { EndsAppend: true } && same.FindIndex(e => e.EndsAppend) == events.Count - 1;
        if (!wasOneAppend || !same.Select(e => e.Recorded.Id).SequenceEqual(events.Select(e => e.Id)))
            throw new StreamConflictException(stream, expected);
        return new Appended(same[^1].Recorded.Revision, same[^1].Recorded.Position);
    }

    private LogBatch ReadAfter(long position, PrefixFilter filter)
    {
        lock (gate)
        {
            if (position > head)
                throw new InvalidOperationException($"The reader's position {position} is beyond the end of the log at {head}.");
            var start = FirstAfter(position);
            var end = Math.Min(start + BatchSize, all.Count);
            var to = end == all.Count ? head : all[end - 1].Position;
            return new LogBatch([.. all[start..end].Where(e => filter.Takes(e.Stream))], to, CaughtUp: to == head);
        }
    }

    private int FirstAfter(long position)
    {
        var (low, high) = (0, all.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (all[middle].Position > position) high = middle;
            else low = middle + 1;
        }

        return low;
    }

    private sealed record Entry(RecordedEvent Recorded, bool EndsAppend);
}
