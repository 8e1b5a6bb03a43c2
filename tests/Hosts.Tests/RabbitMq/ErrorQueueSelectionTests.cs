using Connections.Hosting.RabbitMq;
using Microsoft.Extensions.Configuration;
using TestServers;

namespace Hosts.Tests.RabbitMq;

/// <summary>One message of an error queue, or all of them, can be dropped or moved back, also without an id.</summary>
[Collection(BrokerFixture.Name)]
public sealed class ErrorQueueSelectionTests(BrokerFixture broker) : IAsyncLifetime
{
    private const string Queue = "rename-connection";

    private AmqpClient client = null!;
    private ErrorQueues queues = null!;

    public async ValueTask InitializeAsync()
    {
        var server = await broker.Server.AddVirtualHost($"errors-{Guid.NewGuid():n}");
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("Bus:Connection", server.Address)]).Build();
        queues = new ErrorQueues(Broker.From(settings));
        client = await AmqpClient.To(server);
        foreach (var name in new[] { Queue, $"{Queue}_error" }) await client.Make(name, new() { ["x-queue-type"] = "quorum" });
        foreach (var id in new[] { "a", null, "b", null, "a" }) await client.SendTo($"{Queue}_error", id);
    }

    public async ValueTask DisposeAsync()
    {
        if (client is not null) await client.DisposeAsync();
    }

    [Fact]
    public async Task The_list_numbers_the_messages() =>
        Assert.Equal([(1, "a"), (2, null), (3, "b"), (4, null), (5, "a")], await List(5));

    [Theory]
    [InlineData("a", null, 2, "2: 3:b 4:")]
    [InlineData("b", null, 1, "1:a 2: 4: 5:a")]
    [InlineData(null, 2, 1, "1:a 3:b 4: 5:a")]
    [InlineData(null, 5, 1, "1:a 2: 3:b 4:")]
    [InlineData("nonsense", null, 0, "1:a 2: 3:b 4: 5:a")]
    [InlineData(null, 6, 0, "1:a 2: 3:b 4: 5:a")]
    [InlineData(null, null, 5, "")]
    public async Task Only_the_selected_messages_are_dropped(string? id, int? position, int dropped, string left)
    {
        var selection = id is null && position is null ? null : new MessageSelection(id, position);
        Assert.Equal(dropped, await queues.Drop(Queue, selection, CancellationToken.None));
        Assert.Equal(Ids(left), (await List(5 - dropped)).Select(message => message.Id));
        Assert.Equal(0u, await client.Depth(Queue));
    }

    [Theory]
    [InlineData(null, 4, 1)]
    [InlineData("a", null, 2)]
    [InlineData(null, null, 5)]
    [InlineData("nonsense", null, 0)]
    public async Task Only_the_selected_messages_are_moved_back(string? id, int? position, int moved)
    {
        var selection = id is null && position is null ? null : new MessageSelection(id, position);
        Assert.Equal(moved, await queues.Retry(Queue, selection, CancellationToken.None));
        Assert.Equal((uint)moved, await client.Depth(Queue));
        Assert.Equal(5 - moved, (await List(5 - moved)).Count);
    }

    private static string?[] Ids(string left) =>
        [.. left.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => text.Split(':')[1]).Select(id => id.Length == 0 ? null : id)];

    // Messages of the previous reader return a moment after its connection has closed.
    private async Task<IReadOnlyList<(int Position, string? Id)>> List(int expected) =>
        await Until.Seen(Read, list => list.Count >= expected, "all messages are back in the error queue");

    private async Task<List<(int Position, string? Id)>> Read()
    {
        var list = new List<(int, string?)>();
        await foreach (var message in queues.List(Queue, CancellationToken.None)) list.Add((message.Position, message.Id));
        return list;
    }
}
