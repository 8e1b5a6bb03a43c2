using System.Data.Common;
using System.Runtime.CompilerServices;
using EventSourcing;
using EventSourcing.Sql;
using TestServers;

namespace Hosts.Tests.Crashes;

/// <summary>A log whose calling process may crash.</summary>
internal sealed class CrashingLog(IEventLog inner, CrashCounter life) : ForwardingLog(inner)
{
    public override Task<StreamSlice> Read(string stream, CancellationToken ct) =>
        life.Around($"reading {Kind(stream)}", () => base.Read(stream, ct));

    public override Task<Appended> Append(string stream, long expected, IReadOnlyList<NewEvent> events, CancellationToken ct) =>
        life.Around($"appending {events[^1].Type}", () => base.Append(stream, expected, events, ct));

    public override async IAsyncEnumerable<LogBatch> Subscribe(
        IReadOnlyList<string> prefixes, long after, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var batch in Inner.Subscribe(prefixes, after, ct))
        {
            await life.Cross($"after a batch of {batch.Events.Count}");
            yield return batch;
        }
    }

    public override Task Remove(string stream, CancellationToken ct) => life.Around("removing", () => base.Remove(stream, ct));

    public override Task KeepLast(string stream, int count, CancellationToken ct) =>
        life.Around("trimming", () => base.KeepLast(stream, count, ct));

    private static string Kind(string stream) => stream[..stream.IndexOf('-', StringComparison.Ordinal)];
}

/// <summary>A database whose calling process may crash. Open transactions are rolled back.</summary>
internal sealed class CrashingDatabase(string name, SqlDatabase inner, CrashCounter life) : SqlDatabase
{
    public override SqlProvider Provider => inner.Provider;

    public override async ValueTask<DbConnection> Open(CancellationToken ct)
    {
        await life.Cross($"before reading {name}");
        return await inner.Open(ct);
    }

    public override async ValueTask<SqlWrite> BeginWrite(CancellationToken ct)
    {
        await life.Cross($"before writing {name}");
        var write = await inner.BeginWrite(ct);
        life.Open.TryAdd(write, 0);
        return new Write(name, write, life);
    }

    public override ValueTask DisposeAsync() => inner.DisposeAsync();

    private sealed class Write(string name, SqlWrite inner, CrashCounter life) : SqlWrite
    {
        public override DbConnection Connection => inner.Connection;

        public override DbTransaction Transaction => inner.Transaction;

        public override Task Commit(CancellationToken ct) => life.Around($"committing {name}", () => inner.Commit(ct));

        public override async ValueTask DisposeAsync()
        {
            if (life.Over) return;
            life.Open.TryRemove(inner, out _);
            await inner.DisposeAsync();
        }
    }
}
