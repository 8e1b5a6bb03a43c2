using System.Text;
using EventSourcing;
using EventSourcing.EventStoreDb;
using Microsoft.Extensions.Logging;
using TestServers;

namespace EventLog.Tests.EventStoreDb;

/// <summary>Servers, logs and log output of one test, and a deadline.</summary>
public abstract class EventStoreDbFixture : IAsyncDisposable
{
    private readonly CancellationTokenSource deadline = new(TimeSpan.FromSeconds(60), TimeProvider.System);
    private readonly List<IAsyncDisposable> opened = [];
    private readonly TemporaryFolder folder = new();

    protected CancellationToken Ct => deadline.Token;

    protected string Folder => folder.Path;

    protected CapturedLogs Logged { get; } = new();

    protected ILogger<EventStoreDbEventLog> Logger => Logged.CreateLogger<EventStoreDbEventLog>();

    public async ValueTask DisposeAsync()
    {
        opened.Reverse();
        foreach (var one in opened) await one.DisposeAsync();
        deadline.Dispose();
        folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected async Task<EventStoreDoubleServer> Prepare(params string[] options) => Keep(await EventStoreDoubleServer.Prepare(options));

    protected async Task<EventStoreDoubleServer> Launch(params string[] options) => Keep(await EventStoreDoubleServer.Launch(options));

    /// <summary>Starts a server that the test kills.</summary>
    protected async Task<EventStoreDoubleServer> LaunchProcess() => Keep(await EventStoreDoubleServer.LaunchProcess());

    /// <summary>Creates a server that the test kills, without starting it.</summary>
    protected async Task<EventStoreDoubleServer> PrepareProcess(params string[] options) =>
        Keep(await EventStoreDoubleServer.PrepareProcess(options));

    protected EventStoreDbEventLog Open(string connection) => Keep(EventStoreDbEventLog.Open(connection, TimeProvider.System, Logger));

    protected static NewEvent Event() =>
        new(Guid.CreateVersion7(), "happened", "{}"u8.ToArray(), Encoding.UTF8.GetBytes("""{"workspace":"default"}"""));

    /// <summary>Appends one pair of events after the other, and returns the ids of completed appends.</summary>
    protected async Task<List<Guid>> Write(IEventLog log, string stream, Func<bool> continues)
    {
        var written = new List<Guid>();
        for (var at = Revision.NoStream; continues();)
        {
            NewEvent[] events = [Event(), Event()];
            at = (await log.Append(stream, at, events, Ct)).Revision;
            written.AddRange(events.Select(e => e.Id));
        }

        return written;
    }

    private T Keep<T>(T one)
        where T : IAsyncDisposable
    {
        opened.Add(one);
        return one;
    }
}
