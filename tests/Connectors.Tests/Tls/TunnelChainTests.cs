using System.Text.Json.Nodes;
using Connectors.Tests.MySql;
using Connectors.Tests.Postgres;
using Connectors.Tests.Ssh;
using TestServers;

namespace Connectors.Tests.Tls;

/// <summary>The chain of a database's certificate through an SSH tunnel.</summary>
public sealed class TunnelChainTests : IClassFixture<SshFixture>, IClassFixture<TlsFixture>, IClassFixture<MyTlsFixture>, IAsyncLifetime
{
    private readonly DownloadListener listener = new();
    private readonly TestAuthority root = new("Test Root CA");
    private readonly SshFixture ssh;
    private readonly TlsFixture postgres;
    private readonly MyTlsFixture mariaDb;

    public TunnelChainTests(SshFixture ssh, TlsFixture postgres, MyTlsFixture mariaDb)
    {
        Assert.SkipUnless(SshServer.Available, "OpenSSH's server cannot be run here");
        (this.ssh, this.postgres, this.mariaDb) = (ssh, postgres, mariaDb);
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
    public async Task PostgreSQL(string tls, bool sendsIntermediate)
    {
        Assert.SkipUnless(PostgresServer.Available, "PostgreSQL's binaries are not installed");
        using var issuer = root.Intermediate("Test Issuing CA");
        var (certificate, key) = issuer.Issue("localhost");
        await postgres.Server!.UseCertificate(sendsIntermediate ? $"{certificate}\n{issuer.Pem}" : certificate, key);
        await using var database = new Database(postgres.Server, tls: tls, ca: tls == "prefer" ? null : root.Pem);
        database.Resolver.Answer("bastion.test", [SshServer.Host]);
        database.Settings["host"] = "localhost";
        database.Settings["ssh"] = Settings();
        var credentials = new JsonObject
        {
            ["username"] = PostgresFixture.User,
            ["password"] = PostgresFixture.Password,
            ["sshPrivateKey"] = ssh.Server!.PrivateKey
        };
        var use = database.Use() with
        {
            Credentials = Connections.Domain.Secret.From(System.Text.Json.JsonSerializer.SerializeToElement(credentials))
        };
        Assert.Null((await database.Probe(use)).Failure?.Message);
        Assert.Equal(0, await listener.CountConnections());
    }

    [Theory]
    [InlineData("prefer", false)]
    [InlineData("require", true)]
    [InlineData("verify-full", true)]
    public async Task MariaDB(string tls, bool sendsIntermediate)
    {
        Assert.SkipUnless(MariaDbServer.Available, "MariaDB's binaries are not installed");
        using var issuer = root.Intermediate("Test Issuing CA");
        var (certificate, key) = issuer.Issue("localhost");
        await mariaDb.Server!.UseCertificate(sendsIntermediate ? $"{certificate}\n{issuer.Pem}" : certificate, key);
        await using var database = new MyDatabase(mariaDb.Server, tls: tls, ca: tls == "prefer" ? null : root.Pem);
        database.Resolver.Answer("bastion.test", [SshServer.Host]);
        database.Settings["host"] = "localhost";
        database.Settings["ssh"] = Settings();
        database.More["sshPrivateKey"] = ssh.Server!.PrivateKey;
        Assert.Null((await database.Probe()).Failure?.Message);
        Assert.Equal(0, await listener.CountConnections());
    }

    public async ValueTask DisposeAsync()
    {
        await listener.DisposeAsync();
        root.Dispose();
    }

    private JsonObject Settings() => new()
    {
        ["host"] = "bastion.test",
        ["port"] = ssh.Server!.Port,
        ["user"] = SshServer.User,
        ["hostKeyFingerprint"] = ssh.Server.Fingerprint
    };
}
