using Connections.Domain;

namespace Connectors.Tests.MySql;

public sealed class MyProbeTests(MariaDbFixture fixture) : IAsyncDisposable
{
    private readonly MyDatabase database = new(fixture.Server);

    [Fact]
    public async Task The_identity_contains_the_user_as_the_server_knows_it()
    {
        var probe = await database.Probe();
        Assert.Equal($"app@%@shop on my.test:{fixture.Server.Port}", probe.Account!.Display);
        Assert.EndsWith("/shop/app@%", probe.Identities[0].Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_MySQL_is_reported()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var answering = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            await client.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
        });
        database.Settings["port"] = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        var probe = await database.Probe();
        await answering;
        Assert.Equal(("connect", FailureKind.Unavailable), (probe.Steps[^1].Name, probe.Failure!.Kind));
        Assert.Contains("does not respond like MySQL", probe.Failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT * FROM no_such_table", FailureKind.InvalidInput, "1146")]
    [InlineData("SELECT FROM", FailureKind.InvalidInput, "1064")]
    [InlineData("SELECT * FROM mysql.global_priv", FailureKind.Forbidden, "1142")]
    [InlineData("DELETE FROM orders", FailureKind.InvalidInput, "read-only")]
    [InlineData("SELECT * FROM orders WHERE id = (SELECT 1 UNION SELECT 2)", FailureKind.InvalidInput, "1242")]
    public async Task The_servers_error_message_is_returned(string sql, FailureKind kind, string expected)
    {
        var failed = await database.Fails(sql);
        Assert.Equal(kind, failed.Kind);
        Assert.Contains(expected, failed.Message, StringComparison.Ordinal);
        Assert.Equal("1", await database.Value("SELECT 1"));
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();
}
