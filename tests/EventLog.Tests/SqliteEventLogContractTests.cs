using EventSourcing;
using EventSourcing.Sql;

namespace EventLog.Tests;

public sealed class SqliteEventLogContractTests : EventLogContract
{
    private readonly TemporaryFolder folder = new();

    public SqliteEventLogContractTests() => Log = SqliteEventLog.Open(folder.File("events.db"), TimeProvider.System);

    protected override IEventLog Log { get; }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Dispose();
    }
}
