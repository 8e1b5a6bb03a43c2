using System.Text.Json.Nodes;
using Connectors.Tests.Ssh;
using TestServers;
using TestServers.Tds;

namespace Connectors.Tests.SqlServer;

public sealed class SqlServerTunnelTests : IClassFixture<SshFixture>
{
    private readonly SshFixture ssh;

    public SqlServerTunnelTests(SshFixture ssh)
    {
        Assert.SkipUnless(SshServer.Available, "OpenSSH's server cannot be run here");
        this.ssh = ssh;
    }

    [Theory]
    [InlineData("localhost", "verify-full", null)]
    [InlineData("localhost", "strict", null)]
    [InlineData("elsewhere.test", "verify-full", "not for localhost")]
    public async Task A_tunnel_leads_to_the_server_and_its_certificate_is_checked(string name, string tls, string? expected)
    {
        await using var server = TdsDatabase.Server();
        (server.Strict, server.Answer) = (tls == "strict", (_, _) => TdsTokens.Result(TdsColumn.Number("", 1)));
        server.UseCertificate(expired: false, name);
        await using var database = new TdsDatabase(server.Port, tls: tls, ca: server.Certificates.AuthorityPem);
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
        var probe = await database.Probe();
        Assert.Contains(probe.Steps, s => s is { Name: "ssh", Outcome: "ok" });
        if (expected is null) Assert.Equal("1", await database.Value("SELECT 1"));
        else Assert.Contains(expected, probe.Failure!.Message, StringComparison.Ordinal);
    }
}
