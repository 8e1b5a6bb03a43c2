using System.Text;
using EventSourcing;
using EventSourcing.Sql;

namespace EventLog.Tests;

/// <summary>A separate folder for each test, a log in it, and a deadline.</summary>
public abstract class SqliteFolder : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly CancellationTokenSource deadline = new(TimeSpan.FromSeconds(60), TimeProvider.System);

    protected string Folder => folder.Path;

    protected string Path => folder.File("events.db");

    protected CancellationToken Ct => deadline.Token;

    public void Dispose()
    {
        deadline.Dispose();
        folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected static NewEvent Event(int size = 100) =>
        new(Guid.CreateVersion7(), "happened", Encoding.UTF8.GetBytes(new string('d', size)), "{}"u8.ToArray());

    protected SqliteEventLog Open() => SqliteEventLog.Open(Path, TimeProvider.System);

    protected async Task Fill(string stream, int events)
    {
        using var log = Open();
        await log.Append(stream, Revision.NoStream, [.. Enumerable.Range(0, events).Select(_ => Event())], Ct);
    }

    protected async Task<List<RecordedEvent>> All(SqliteEventLog log)
    {
        var events = new List<RecordedEvent>();
        await foreach (var batch in log.Subscribe([], Position.Start, Ct))
        {
            events.AddRange(batch.Events);
            if (batch.CaughtUp) break;
        }

        return events;
    }
}
