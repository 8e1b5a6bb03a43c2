using Connections.Domain.Connection;

namespace Operations.Tests;

/// <summary>The history of a connection names the version of its connector's definition, so that a changed definition shows.</summary>
public sealed class DefinitionVersionTests
{
    private readonly InProcessOperations operations = new();
    private readonly Guid id = Guid.CreateVersion7();

    [Fact]
    public async Task Each_event_names_the_version_that_made_it()
    {
        operations.Connector.Version = "one";
        await operations.Create(id, "First", "a");
        operations.Connector.Version = "two";
        await operations.Test(id);
        operations.Connector.Version = "three";
        await operations.Reconnect(id, "a,b");
        Assert.Equal(["created one", "tested two", "reconnected three"], await Versions());
    }

    [Fact]
    public async Task A_repeated_request_after_a_change_of_the_definition_is_the_same_request()
    {
        operations.Connector.Version = "one";
        await operations.Create(id, "First", "a");
        operations.Connector.Version = "two";
        await operations.Create(id, "First", "a");
        Assert.Equal(["created one"], await Versions());
    }

    [Fact]
    public async Task A_connector_in_code_has_no_version()
    {
        await operations.Create(id, "First", "a");
        await operations.Test(id);
        Assert.Equal(["created ", "tested "], await Versions());
    }

    private async Task<List<string>> Versions() => [.. (await operations.Log.Read(InProcessOperations.Stream(id), default)).Events
        .Select(e => ConnectionDecider.Names.Read(e)).Select(e => e switch
        {
            ConnectionCreated created => $"created {created.Definition}",
            ConnectionTested tested => $"tested {tested.Definition}",
            ConnectionReconnected reconnected => $"reconnected {reconnected.Definition}",
            _ => e.GetType().Name
        })];
}
