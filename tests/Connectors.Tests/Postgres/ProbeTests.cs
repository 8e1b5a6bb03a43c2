using Connections.Domain;

namespace Connectors.Tests.Postgres;

public sealed class ProbeTests(PostgresFixture fixture) : IAsyncDisposable
{
    private readonly Database database = new(fixture.Server);

    [Fact]
    public async Task The_identity_contains_the_system_identifier()
    {
        var probe = await database.Probe();
        Assert.Equal($"app@shop on db.test:{fixture.Server.Port}", probe.Account!.Display);
        Assert.Contains((await fixture.Server.Sql("SELECT system_identifier FROM pg_control_system()"))!, probe.Identities[0].Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_PostgreSQL_is_reported()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var answering = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            await client.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
        });
        database.Settings["port"] = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        database.Settings["tls"] = "require";
        var probe = await database.Probe();
        await answering;
        Assert.Equal("tls", probe.Steps[^1].Name);
        Assert.Equal(FailureKind.Unavailable, probe.Failure!.Kind);
    }

    [Theory]
    [InlineData("SELECT * FROM no_such_table", FailureKind.InvalidInput, "42P01")]
    [InlineData("SELEC 1", FailureKind.InvalidInput, "at character 1")]
    [InlineData("SELECT 1/0", FailureKind.InvalidInput, "22012")]
    [InlineData("SELECT * FROM pg_authid", FailureKind.Forbidden, "42501")]
    [InlineData("DELETE FROM orders", FailureKind.InvalidInput, "read-only")]
    [InlineData("SELECT pg_terminate_backend(pg_backend_pid())", FailureKind.Unavailable, "57P01")]
    [InlineData("DO $$ BEGIN RAISE EXCEPTION 'sorry', you' USING HINT = 'x'; END $$", FailureKind.InvalidInput, "42601")]
    [InlineData("DO $$ BEGIN RAISE EXCEPTION 'sorry'; END $$", FailureKind.InvalidInput, "sorry")]
    public async Task The_servers_error_message_is_returned(string sql, FailureKind kind, string expected)
    {
        var failed = await database.Fails(sql);
        Assert.Equal(kind, failed.Kind);
        Assert.Contains(expected, failed.Message, StringComparison.Ordinal);
        Assert.Equal("1", await database.Value("SELECT 1"));
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();
}
