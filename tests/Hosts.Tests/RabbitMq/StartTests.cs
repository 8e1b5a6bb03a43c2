using Connections.Hosting;
using TestServers;

namespace Hosts.Tests.RabbitMq;

/// <summary>A host connects to its broker.</summary>
[Collection(BrokerFixture.Starts)]
public sealed class StartTests(BrokerFixture broker)
{
    private const string Key = "Bus:Connection";

    [Theory]
    [InlineData("a wrong password", "rejects the user \"app\"")]
    [InlineData("a wrong user", "rejects the user \"nobody\"")]
    [InlineData("a wrong virtual host", "access to the virtual host \"no/where\"")]
    public async Task A_broker_that_rejects_the_host_keeps_it_from_starting_and_the_password_is_not_printed(string what, string expected)
    {
        var server = broker.Server;
        var address = what switch
        {
            "a wrong password" => server.Address.Replace(server.Password, "canary-p%40ss", StringComparison.Ordinal),
            "a wrong user" => server.Address.Replace("//app:", "//nobody:", StringComparison.Ordinal),
            _ => $"{server.Address}no%2Fwhere"
        };
        await using var host = BusHost.Create((Key, address));
        var refused = await Assert.ThrowsAsync<HostSettingsException>(host.Start);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.Contains("Bus:Connection", refused.Message, StringComparison.Ordinal);
        foreach (var secret in new[] { server.Password, "canary-p" })
            Assert.DoesNotContain(secret, refused + host.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_waits_for_an_unavailable_broker_and_logs_it()
    {
        Assert.SkipUnless(RabbitMqServer.Available, RabbitMqServer.NotInstalled);
        await using var server = await RabbitMqServer.Create();
        await server.Stop();
        await using var host = BusHost.Create((Key, server.Address));
        await host.Start();
        await Until.Holds(() => host.Log.Text.Contains("RabbitMQ is unavailable", StringComparison.Ordinal), "the outage is logged");
        await server.Start();
        await Until.Holds(() => host.Log.Text.Contains("RabbitMQ is available", StringComparison.Ordinal), "the recovery is logged");
        Assert.DoesNotContain(server.Password, host.Log.Text, StringComparison.Ordinal);
        var id = await Sent(host, server);
        await Until.Holds(() => host.Handled.Done.Contains(id), "the command is handled");
    }

    [Fact]
    public async Task A_broker_that_disconnects_during_the_login_counts_as_unavailable()
    {
        await using var line = new DroppingProxy(broker.Server.Port);
        await using var host = BusHost.Create((Key, broker.Server.Address.Replace($":{broker.Server.Port}/", $":{line.Port}/", StringComparison.Ordinal)));
        await host.Start();
        await Until.Holds(() => line.SignedIn > 2, "the host retries");
        Assert.Contains("RabbitMQ is unavailable", host.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_address_can_be_read_from_a_file()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, $"{broker.Server.Address}\n");
        await using var host = BusHost.Create(($"{Key}:File", file));
        await host.Start();
        File.Delete(file);
        var id = await Sent(host, broker.Server);
        await Until.Holds(() => host.Handled.Done.Contains(id), "the command is handled");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("http://app:canary@127.0.0.1:5672/")]
    [InlineData("amqp://127.0.0.1/")]
    [InlineData("amqp://app:canary@127.0.0.1:5672/a/b")]
    [InlineData("app:canary")]
    public void An_invalid_address_is_rejected_and_not_quoted(string? address)
    {
        var refused = Assert.Throws<HostSettingsException>(() => BusHost.Create(address is null ? [] : [(Key, address)]));
        Assert.Contains("amqp(s)://user:password@host:port/vhost", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_a_store_is_unavailable_messages_are_held_no_more_are_fetched_and_none_becomes_an_error()
    {
        await using var host = BusHost.Create((Key, broker.Server.Address));
        host.Handled.Broken = true;
        await host.Start();
        var sent = new List<Guid>();
        for (var i = 0; i < 3 * BusHost.AtOnce; i++) sent.Add(await Sent(host, broker.Server));
        await Until.Holds(() => host.Handled.Tries.Count >= 3 * BusHost.AtOnce, "the accepted messages are retried");
        Assert.Equal(BusHost.AtOnce, host.Handled.Tries.Distinct().Count());

        host.Handled.Broken = false;
        await Until.Seen(() => Task.FromResult(host.Handled.Done.Distinct().Count()), done => done == sent.Count, "all are handled");
        Assert.Equal(sent.Order(), host.Handled.Done.Distinct().Order());
        await using var client = await AmqpClient.To(broker.Server);
        Assert.Equal((0u, 0u), (await client.Depth(host.Queue), await client.Depth($"{host.Queue}_error")));
    }

    [Fact]
    public async Task An_existing_error_queue_is_used_unchanged()
    {
        await using var host = BusHost.Create((Key, broker.Server.Address));
        await using var client = await AmqpClient.To(broker.Server);
        await client.Make($"{host.Queue}_error", new() { ["x-queue-type"] = "quorum", ["x-max-length"] = 1000 });
        await host.Start();
        await Sent(host, broker.Server);
        await client.Send(host.Queue, "no JSON");
        Assert.Equal("no JSON", (await client.Fault(host.Queue)).Body);
    }

    // The queue exists once the bus has started.
    private static async Task<Guid> Sent(BusHost host, RabbitMqServer server)
    {
        var command = new { Workspace = "default", commandId = Guid.NewGuid(), connectionId = Guid.NewGuid() };
        await Until.Holds(async () =>
        {
            await using var client = await AmqpClient.To(server);
            try
            {
                await client.Send(host.Queue, command);
                return true;
            }
            catch (Exception notYet) when (notYet is RabbitMQ.Client.Exceptions.RabbitMQClientException or IOException)
            {
                return false;
            }
        }, $"{host.GetType().Name} takes commands");
        return command.commandId;
    }
}
