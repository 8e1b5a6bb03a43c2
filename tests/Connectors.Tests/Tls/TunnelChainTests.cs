using System.Text.Json.Nodes;
using Connectors.Tests.Databases;
using Connectors.Tests.MySql;
using Connectors.Tests.Postgres;
using Connectors.Tests.Ssh;
using TestServers;

namespace Connectors.Tests.Tls;

/// <summary>The chain of a database's certificate through an SSH tunnel.</summary>
public abstract class TunnelChainContract<TDialect> : IClassFixture<SshFixture>, IClassFixture<DatabaseFixture<TDialect>>, IAsyncLifetime
    where TDialect : DatabaseDialect, new()
{
    private readonly DownloadListener listener = new();
    private readonly TestAuthority root = new("Test Root CA");
    private readonly SshFixture ssh;
    private readonly DatabaseFixture<TDialect> fixture;

    protected TunnelChainContract(SshFixture ssh, DatabaseFixture<TDialect> fixture)
    {
        Assert.SkipUnless(SshServer.Available, "OpenSSH's server cannot be run here");
        (this.ssh, this.fixture) = (ssh, fixture);
    }

    public ValueTask InitializeAsync()
    {
        root.Sources = listener.Address;
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("prefer", false)]
    [InlineData("require", true)]
    [InlineData("verify-full", true)]
    public async Task The_chain_is_checked_and_nothing_is_fetched(string tls, bool sendsIntermediate)
    {
        using var issuer = root.Intermediate("Test Issuing CA");
        var (certificate, key) = issuer.Issue("localhost");
        await fixture.Server.UseCertificate(sendsIntermediate ? $"{certificate}\n{issuer.Pem}" : certificate, key);
        await using var database = fixture.Dialect.Connect(fixture.Server, tls: tls, ca: tls == "prefer" ? null : root.Pem);
        database.Resolver.Answer("bastion.test", [SshServer.Host]);
        database.Settings["host"] = "localhost";
        database.Settings["ssh"] = new JsonObject
        {
            ["host"] = "bastion.test",
            ["port"] = ssh.Server!.Port,
            ["user"] = SshServer.User,
            ["hostKeyFingerprint"] = ssh.Server.Fingerprint
        };
        database.OtherCredentials["sshPrivateKey"] = ssh.Server.PrivateKey;
        Assert.Null((await database.Probe()).Failure?.Message);
        Assert.Equal(0, await listener.CountConnections());
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await listener.DisposeAsync();
        root.Dispose();
    }
}

public sealed class PostgresTunnelChainTests(SshFixture ssh, DatabaseFixture<PostgresDialect> fixture)
    : TunnelChainContract<PostgresDialect>(ssh, fixture);

public sealed class MySqlTunnelChainTests(SshFixture ssh, DatabaseFixture<MariaDbDialect> fixture)
    : TunnelChainContract<MariaDbDialect>(ssh, fixture);
