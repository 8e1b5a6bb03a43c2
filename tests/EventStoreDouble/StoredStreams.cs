using System.Collections.Concurrent;
using System.Text.Json;
using EventSourcing;
using EventSourcing.Sql;

namespace EventStoreDouble;

/// <summary>
/// The server's streams over a plain log. Deleted and truncated events are hidden from readers of the stream and stay in the whole log, as
/// before a scavenge. Revisions of a deleted stream continue, and readers find its new events only some time after the append. A part of an
/// earlier append is accepted as the whole.
/// </summary>
internal sealed class StoredStreams(DoubleSettings settings) : IDisposable
{
    private const string MetadataPrefix = "$$";
    private static readonly TimeSpan Hidden = TimeSpan.FromMilliseconds(200); // up to a second on the server
    private readonly ConcurrentDictionary<string, long> truncatedBefore = new();
    private readonly ConcurrentDictionary<string, bool> beginningAgain = new();
    private readonly SemaphoreSlim opening = new(1, 1);
    private SqliteEventLog? log;

    /// <summary>Opened on first use: of several nodes over one folder only the leader opens it.</summary>
    public async Task<SqliteEventLog> Log()
    {
        await opening.WaitAsync();
        try
        {
            if (log is not null) return log;
            Directory.CreateDirectory(settings.Data);
            var opened = SqliteEventLog.Open(Path.Combine(settings.Data, "double.db"), TimeProvider.System);
            await foreach (var batch in opened.Subscribe([MetadataPrefix], Position.Start, default))
            {
                foreach (var e in batch.Events) ReadMetadata(e.Stream, e.Data.Span);
                if (batch.CaughtUp) break;
            }

            return log = opened;
        }
        finally
        {
            opening.Release();
        }
    }

    /// <summary>The events that a reader of the stream sees.</summary>
    public async Task<IReadOnlyList<RecordedEvent>> Read(string stream, CancellationToken ct)
    {
        var first = truncatedBefore.GetValueOrDefault(stream);
        return [.. (await (await Log()).Read(stream, ct)).Events.Where(e => e.Revision >= first)];
    }

    /// <param name="expected">Null for any revision.</param>
    /// <returns>Null if the stream does not exist.</returns>
    public async Task<Appended?> Append(string stream, long? expected, IReadOnlyList<NewEvent> events, CancellationToken ct)
    {
        var appended = await Write(stream, expected, events, ct);
        if (appended is not null && stream.StartsWith(MetadataPrefix, StringComparison.Ordinal)) ReadMetadata(stream, events[^1].Data.Span);
        return appended;
    }

    public async Task<bool> Delete(string stream, CancellationToken ct)
    {
        if ((await (await Log()).Read(stream, ct)).Events.Count == 0) return false;
        await Truncate(stream, long.MaxValue, ct);
        return true;
    }

    public void Dispose()
    {
        log?.Dispose();
        opening.Dispose();
    }

    private async Task<Appended?> Write(string stream, long? expected, IReadOnlyList<NewEvent> events, CancellationToken ct)
    {
        var to = await Log();
        while (true)
        {
            var was = await to.Read(stream, ct);
            var deleted = was.Events.Count > 0 && truncatedBefore.GetValueOrDefault(stream) == long.MaxValue && !beginningAgain.ContainsKey(stream);
            if (FindEarlierAppend(was, expected, events) is { } sent) return sent;
            var at = expected is null || (deleted && expected == Revision.NoStream) ? was.Revision : expected.Value;
            if (at != was.Revision) return null;
            try
            {
                var appended = await to.Append(stream, at, events, ct);
                if (deleted) BeginAgain(stream, at + 1);
                return appended;
            }
            catch (StreamConflictException)
            {
                // Another writer was faster: check again.
            }
        }
    }

    private static Appended? FindEarlierAppend(StreamSlice was, long? expected, IReadOnlyList<NewEvent> events)
    {
        if (expected is not { } at || at + events.Count > was.Revision) return null;
        var there = was.Events.Where(e => e.Revision > at).Take(events.Count).ToArray();
        return there.Select(e => e.Id).SequenceEqual(events.Select(e => e.Id))
            ? new Appended(there[^1].Revision, there[^1].Position)
            : null;
    }

    private void BeginAgain(string stream, long at)
    {
        beginningAgain[stream] = true;
        _ = Show();

        async Task Show()
        {
            await Task.Delay(Hidden, TimeProvider.System);
            await Truncate(stream, at, CancellationToken.None);
            beginningAgain.TryRemove(stream, out _);
        }
    }

    private Task<Appended?> Truncate(string stream, long before, CancellationToken ct)
    {
        var metadata = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, long> { ["$tb"] = before });
        return Append(MetadataPrefix + stream, expected: null, [new NewEvent(Guid.CreateVersion7(), "$metadata", metadata, default)], ct);
    }

    private void ReadMetadata(string metadataStream, ReadOnlySpan<byte> metadata) =>
        truncatedBefore[metadataStream[MetadataPrefix.Length..]] = JsonSerializer.Deserialize<Dictionary<string, long>>(metadata)!["$tb"];
}
