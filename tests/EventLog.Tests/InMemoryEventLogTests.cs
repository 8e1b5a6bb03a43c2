using EventSourcing;

namespace EventLog.Tests;

public sealed class InMemoryEventLogTests : EventLogContract
{
    protected override IEventLog Log { get; } = new InMemoryEventLog(TimeProvider.System);
}
