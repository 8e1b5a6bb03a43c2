using Connections.Hosting;
using TestServers;

namespace Hosts.Tests.RabbitMq;

/// <summary>A host connects to a broker over TLS.</summary>
[Collection(BrokerFixture.Starts)]
public sealed class TlsTests(BrokerFixture broker) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tls-").FullName;

    [Fact]
    public async Task A_broker_with_a_configured_authority_is_accepted_by_the_check_and_by_the_bus()
    {
        var server = broker.Server;
        await using var host = BusHost.Create(("Bus:Connection", server.SecureAddress), ("Bus:CaFile", File("ca.pem", server.AuthorityPem)));
        await host.Start();
        var command = new { workspace = "default", commandId = Guid.NewGuid(), connectionId = Guid.NewGuid() };
        await Until.Holds(() => Taken(host, command), "the queue is there");
        await Until.Holds(() => host.Handled.Done.Contains(command.commandId), "the command is handled");
        Assert.Contains("\ttrue", await server.Control("list_connections", "peer_port", "ssl"), StringComparison.Ordinal);
        Assert.Equal(0, await server.Sources.CountConnections());
    }

    [Theory]
    [InlineData("another authority", "its authority is not trusted")]
    [InlineData("the system's authorities", "its authority is not trusted")]
    [InlineData("another name", "is for another name")]
    [InlineData("no TLS", "There is no TLS")]
    public async Task A_broker_without_a_trusted_certificate_keeps_the_host_from_starting(string what, string expected)
    {
        var server = broker.Server;
        using var others = new TestCertificates("Other CA");
        var address = what switch
        {
            "another name" => server.SecureAddress.Replace($"@{RabbitMqServer.Host}", "@localhost", StringComparison.Ordinal),
            "no TLS" => server.SecureAddress.Replace($":{server.SecurePort}/", $":{server.Port}/", StringComparison.Ordinal),
            _ => server.SecureAddress
        };
        var authority = what == "another authority" ? others.AuthorityPem : server.AuthorityPem;
        await using var host = what == "the system's authorities"
            ? BusHost.Create(("Bus:Connection", address))
            : BusHost.Create(("Bus:Connection", address), ("Bus:CaFile", File("ca.pem", authority)));
        var refused = await Assert.ThrowsAsync<HostSettingsException>(host.Start);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.Contains("Bus:CaFile", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Password, refused + host.Log.Text, StringComparison.Ordinal);
        Assert.Equal(0, await server.Sources.CountConnections());
    }

    [Theory]
    [InlineData("")]
    [InlineData("no certificate")]
    [InlineData(null)]
    public void A_file_without_an_authority_is_rejected(string? content)
    {
        var file = content is null ? Path.Combine(folder, "none.pem") : File("ca.pem", content);
        var refused = Assert.Throws<HostSettingsException>(
            () => BusHost.Create(("Bus:Connection", broker.Server.SecureAddress), ("Bus:CaFile", file)));
        Assert.Contains("Bus:CaFile", refused.Message, StringComparison.Ordinal);
        Assert.Contains(file, refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string File(string name, string content)
    {
        var path = Path.Combine(folder, name);
        System.IO.File.WriteAllText(path, content);
        return path;
    }

    private async Task<bool> Taken(BusHost host, object command)
    {
        await using var client = await AmqpClient.To(broker.Server);
        try
        {
            await client.Send(host.Queue, command);
            return true;
        }
        catch (RabbitMQ.Client.Exceptions.RabbitMQClientException)
        {
            return false;
        }
    }
}
