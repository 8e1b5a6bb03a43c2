using System.Text;
using EventSourcing;

namespace EventLog.Tests;

/// <summary>
/// The contract of every event log. Each test uses new streams and assumes no positions, because a server may serve many tests.
/// </summary>
public abstract partial class EventLogContract : IAsyncDisposable
{
    private readonly CancellationTokenSource deadline = new(TimeSpan.FromSeconds(60), TimeProvider.System);

    protected abstract IEventLog Log { get; }

    protected CancellationToken Ct => deadline.Token;

    /// <summary>The prefix of all streams of this test.</summary>
    protected string Category { get; } = $"test{Guid.CreateVersion7():N}";

    protected string Stream => $"{Category}-1";

    public virtual async ValueTask DisposeAsync()
    {
        deadline.Dispose();
        if (Log is IAsyncDisposable disposable) await disposable.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected static NewEvent Event(string type = "happened", string data = "{}") =>
        new(Guid.CreateVersion7(), type, Encoding.UTF8.GetBytes(data), Encoding.UTF8.GetBytes("""{"workspace":"default"}"""));

    protected static NewEvent[] Events(int count) => [.. Enumerable.Range(0, count).Select(n => Event(data: $"{n}"))];

    protected Task<Appended> Append(string stream, long expected, params NewEvent[] events) => Log.Append(stream, expected, events, Ct);

    protected Task Conflicts(string stream, long expected, params NewEvent[] events) =>
        Assert.ThrowsAsync<StreamConflictException>(() => Append(stream, expected, events));

    /// <summary>Reads until the subscription has returned this number of events.</summary>
    protected async Task<List<RecordedEvent>> Take(int count, long after, params string[] prefixes)
    {
        var taken = new List<RecordedEvent>();
        await foreach (var batch in Log.Subscribe(prefixes, after, Ct))
        {
            taken.AddRange(batch.Events);
            if (taken.Count >= count) break;
        }

        return taken;
    }

    protected static IEnumerable<Guid> Ids(IEnumerable<RecordedEvent> events) => events.Select(e => e.Id);

    protected static IEnumerable<Guid> Ids(IEnumerable<NewEvent> events) => events.Select(e => e.Id);
}
