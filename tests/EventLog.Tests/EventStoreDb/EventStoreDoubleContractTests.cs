using EventSourcing;
using EventSourcing.EventStoreDb;
using Microsoft.Extensions.Logging.Abstractions;
using TestServers;

namespace EventLog.Tests.EventStoreDb;

/// <summary>One double for all tests of the contract. Like a real server it is not emptied between tests.</summary>
public sealed class SharedDouble : IAsyncLifetime
{
    public EventStoreDoubleServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await EventStoreDoubleServer.Launch();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

public sealed class EventStoreDoubleContractTests(SharedDouble shared) : EventLogContract, IClassFixture<SharedDouble>
{
    protected override IEventLog Log { get; } =
        EventStoreDbEventLog.Open(shared.Server.Connection, TimeProvider.System, NullLogger<EventStoreDbEventLog>.Instance);
}
