using Dapper;
using EventSourcing.Sql;
using TestServers;

namespace Sql.Tests;

/// <summary>Which chains of PostgreSQL's certificate are accepted. Nothing that a certificate names is fetched.</summary>
public sealed class PostgresChainTests : IAsyncLifetime
{
    private readonly DownloadListener listener = new();
    private readonly TestAuthority root = new("Test Root CA");
    private TestAuthority issuer = null!;
    private PostgresServer? server;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(PostgresServer.Available, PostgresDatabases.Missing);
        root.Sources = listener.Address;
        issuer = root.Intermediate("Test Issuing CA");
        server = await PostgresDatabases.Prepared();
        await File.WriteAllTextAsync(RootFile, root.Pem);
    }

    [Theory]
    [InlineData("Prefer", false)]
    [InlineData("Prefer", true)]
    [InlineData("Require", false)]
    [InlineData("VerifyCA;Root Certificate=", true)]
    [InlineData("VerifyFull;Root Certificate=", true)]
    public async Task A_server_is_used_and_nothing_is_fetched(string mode, bool sendsIntermediate)
    {
        await using var database = await Open(mode, sendsIntermediate);
        await using var connection = await database.Open(default);
        Assert.True(await connection.ExecuteScalarAsync<bool>("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"));
        Assert.Equal(0, await listener.CountConnections());
    }

    [Theory]
    [InlineData("VerifyFull;Root Certificate=", false)]
    [InlineData("VerifyFull", false)]
    [InlineData("VerifyFull", true)]
    public async Task A_server_is_rejected_and_nothing_is_fetched(string mode, bool sendsIntermediate)
    {
        listener.Body = issuer.Der;
        await using var database = await Open(mode, sendsIntermediate);
        await Assert.ThrowsAsync<PostgresRefusedException>(async () => await database.Open(default));
        Assert.Equal(0, await listener.CountConnections());
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
        await listener.DisposeAsync();
        issuer?.Dispose();
        root.Dispose();
    }

    private string RootFile => Path.Combine(server!.Folder, "root.pem");

    private async Task<PostgresDatabase> Open(string mode, bool sendsIntermediate)
    {
        var (certificate, key) = issuer.Issue(PostgresServer.Host);
        await server!.UseCertificate(sendsIntermediate ? $"{certificate}\n{issuer.Pem}" : certificate, key);
        var setting = mode.EndsWith('=') ? mode + RootFile : mode;
        return new PostgresDatabase($"{PostgresDatabases.ConnectionString(server)};Pooling=false;SSL Mode={setting}");
    }
}
