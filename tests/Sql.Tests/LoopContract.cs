using System.Collections.Concurrent;
using System.Text;
using Dapper;
using EventSourcing;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Sql.Tests;

/// <summary>A log, a fake clock, and loops that are stopped at the end of the test.</summary>
public abstract class LoopContract(TestDatabase database) : DatabaseContract(database)
{
    private readonly List<EventLoop> running = [];

    protected FakeTimeProvider Clock { get; } = new();

    protected InMemoryEventLog Log { get; } = new(TimeProvider.System);

    protected LoopHealth Health { get; } = new(TimeProvider.System);

    protected SwitchedLeases Leases { get; } = new();

    public override async ValueTask DisposeAsync()
    {
        foreach (var loop in running.ToArray()) await Stop(loop);
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected LoopContext Tools(LoopHealth? health = null) => new(Log, Leases, health ?? Health, Clock, NullLoggerFactory.Instance);

    protected async Task<EventLoop> Start(EventLoop loop)
    {
        running.Add(loop);
        await loop.StartAsync(Ct);
        return loop;
    }

    protected async Task Stop(EventLoop loop)
    {
        running.Remove(loop);
        await loop.StopAsync(Ct);
        loop.Dispose();
    }

    protected async Task<long> AppendEvents(string stream, params string[] types)
    {
        var revision = (await Log.Read(stream, Ct)).Revision;
        var events = types.Select(type => new NewEvent(Guid.CreateVersion7(), type, Encoding.UTF8.GetBytes("{}"), default)).ToArray();
        return (await Log.Append(stream, revision, events, Ct)).Position;
    }

    protected Task Fails(string loop) => Health.Until(loop, s => s.State == LoopState.Failing, Ct);

    /// <summary>Advances the clock past the retry delays until the loop reaches a position.</summary>
    protected async Task RetryUntil(string loop, long position)
    {
        var reached = Health.Reached(loop, position, Ct);
        while (!reached.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromSeconds(30));
            await Task.Yield();
        }

        await reached;
    }

    /// <summary>Advances the clock by the second after which a reactor saves its checkpoint.</summary>
    protected async Task Saves(string loop, long position)
    {
        while (await Checkpoint(loop) != position)
        {
            Ct.ThrowIfCancellationRequested();
            Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }

    protected async Task<IReadOnlyList<string>> Rows()
    {
        await using var connection = await Database.Open(Ct);
        return [.. await connection.QueryAsync<string>("SELECT stream || ' ' || type FROM seen ORDER BY position")];
    }

    protected Task<long> Checkpoint(string loop) => new Checkpoints(Database).Read(loop, Ct);

    /// <summary>Writes one row per event and call, so that an event handled twice has two rows.</summary>
    protected sealed class Seen(string name = "seen") : IProjection
    {
        public Action<RecordedEvent> Before { get; set; } = _ => { };

        public List<RecordedEvent> Reported { get; } = [];

        public string Name { get; } = name;

        public IReadOnlyList<string> Prefixes { get; init; } = ["thing-"];

        public Migrations Tables { get; } = new("seen", "CREATE TABLE seen (position BIGINT NOT NULL, stream TEXT NOT NULL, type TEXT NOT NULL)");

        public async Task Apply(IReadOnlyList<RecordedEvent> events, SqlWrite write, CancellationToken ct)
        {
            foreach (var e in events)
            {
                Before(e);
                await write.Connection.ExecuteAsync("INSERT INTO seen VALUES (@Position, @Stream, @Type)", e, write.Transaction);
            }
        }

        public Task Committed(IReadOnlyList<RecordedEvent> events, CancellationToken ct)
        {
            Reported.AddRange(events);
            return Task.CompletedTask;
        }
    }

    protected sealed class SwitchedLeases : ILeases
    {
        private readonly Lock gate = new();
        private TaskCompletionSource granted = Done();

        public ConcurrentBag<string> GivenBack { get; } = [];

        public bool Holds(string name)
        {
            lock (gate) return granted.Task.IsCompleted;
        }

        public Task Wait(string name, CancellationToken ct)
        {
            lock (gate) return granted.Task.WaitAsync(ct);
        }

        public void GiveBack(string name) => GivenBack.Add(name);

        public void Take()
        {
            lock (gate) granted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        public void Give()
        {
            lock (gate) granted.SetResult();
        }

        private static TaskCompletionSource Done()
        {
            var done = new TaskCompletionSource();
            done.SetResult();
            return done;
        }
    }
}
