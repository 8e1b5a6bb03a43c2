using EventSourcing;
using EventSourcing.EventStoreDb;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventLog.Tests.EventStoreDb;

/// <summary>The contract over a real server, if <c>EVENTSTORE_CONNECTION</c> names one.</summary>
public sealed class EventStoreDbContractTests : EventLogContract
{
    private readonly EventStoreDbEventLog? log;

    public EventStoreDbContractTests()
    {
        var connection = Environment.GetEnvironmentVariable("EVENTSTORE_CONNECTION");
        if (connection is null) Assert.Skip("EVENTSTORE_CONNECTION names no server.");
        log = EventStoreDbEventLog.Open(connection, TimeProvider.System, NullLogger<EventStoreDbEventLog>.Instance);
    }

    protected override IEventLog Log => log!;
}
