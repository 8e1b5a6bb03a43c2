using System.Text.Json.Nodes;
using Connections.Connectors;
using Connections.Domain;
using Connectors.Tests.MySql;
using Connectors.Tests.Postgres;
using Microsoft.Extensions.Time.Testing;
using TestServers;

namespace Connectors.Tests.Ssh;

public sealed class SshFixture : IAsyncLifetime
{
    public SshServer? Server { get; private set; }

    public async ValueTask InitializeAsync()
    {
        if (SshServer.Available) Server = await SshServer.Create();
    }

    public async ValueTask DisposeAsync()
    {
        if (Server is not null) await Server.DisposeAsync();
    }
}

public sealed class TunnelTests : IClassFixture<SshFixture>, IAsyncDisposable
{
    private readonly SshServer ssh;
    private readonly MyDatabase database;
    private readonly MariaDbFixture mariaDb;
    private readonly PostgresFixture postgres;

    public TunnelTests(SshFixture fixture, MariaDbFixture mariaDb, PostgresFixture postgres)
    {
        Assert.SkipUnless(SshServer.Available, "OpenSSH's server cannot be run here");
        (ssh, this.mariaDb, this.postgres) = (fixture.Server!, mariaDb, postgres);
        database = new MyDatabase(mariaDb.Server);
        Tunnel(database);
    }

    [Fact]
    public async Task A_MariaDB_is_reached_through_the_tunnel()
    {
        var probe = await database.Probe();
        Assert.Null(probe.Failure?.Message);
        Assert.Equal(["resolve", "connect", "ssh", "tls", "signIn", "identify"], probe.Steps.Select(s => s.Name));
        Assert.All(probe.Steps, s => Assert.Equal("ok", s.Outcome));
        Assert.Equal($"""["127.0.0.1","{mariaDb.Server.Port}","shop","app","bastion.test"]""", probe.Identities[1].Value);
        Assert.EndsWith(" through bastion.test", probe.Account!.Display, StringComparison.Ordinal);
        Assert.Equal("50", await database.Value("SELECT count(*) FROM orders"));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => database.Value("SELECT SLEEP(0.01)")));
    }

    [Theory]
    [InlineData("disable")]
    [InlineData("require")]
    [InlineData("verify-full")]
    public async Task A_PostgreSQL_is_reached_through_the_tunnel(string tls)
    {
        await using var other = new Database(postgres.Server, tls: tls, ca: postgres.Server.Certificates.AuthorityPem);
        other.Resolver.Answer("bastion.test", [SshServer.Host]);
        other.Settings["host"] = "localhost";
        if (tls == "verify-full") await postgres.Server.UseCertificate(expired: false, PostgresFixture.Host, "localhost");
        other.Settings["ssh"] = Settings();
        var credentials = new JsonObject { ["username"] = PostgresFixture.User, ["password"] = PostgresFixture.Password, ["sshPrivateKey"] = ssh.PrivateKey };
        var use = other.Use() with { Credentials = Secret.From(System.Text.Json.JsonSerializer.SerializeToElement(credentials)) };
        var probe = await other.Probe(use);
        Assert.Null(probe.Failure?.Message);
        Assert.Equal("ssh", probe.Steps[2].Name);
        Assert.IsType<ConnectorResult.Done>(await other.Run("SELECT 1", use: use));
    }

    [Fact]
    public async Task Only_the_SSH_host_is_resolved_and_checked()
    {
        database.Settings["host"] = "localhost";
        Assert.Null((await database.Probe()).Failure?.Message);
        Assert.Equal(["bastion.test"], database.Resolver.ResolvedHosts.Distinct());
        Tunnel(database, host: "169.254.169.254");
        var probe = await database.Probe();
        Assert.Equal(("resolve", FailureKind.InvalidInput), (probe.Steps[^1].Name, probe.Failure!.Kind));
    }

    [Fact]
    public async Task An_unconfirmed_host_key_is_shown_and_nothing_is_sent()
    {
        ((JsonObject)database.Settings["ssh"]!).Remove("hostKeyFingerprint");
        var probe = await database.Probe();
        Assert.Equal(("ssh", FailureKind.InvalidInput), (probe.Steps[^1].Name, probe.Failure!.Kind));
        Assert.Contains(ssh.Fingerprint, probe.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replaced_host_key_requires_a_person()
    {
        database.Settings["ssh"]!["hostKeyFingerprint"] = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        var probe = await database.Probe();
        Assert.Equal(("ssh", FailureKind.ReauthRequired), (probe.Steps[^1].Name, probe.Failure!.Kind));
        Assert.Contains(ssh.Fingerprint, probe.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hundred_activities_with_a_wrong_key_make_one_attempt()
    {
        var before = Refused();
        database.OtherCredentials["sshPrivateKey"] = ssh.OtherKey;
        var results = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => database.Run("SELECT 1")));
        var failures = results.Select(r => Assert.IsType<ConnectorResult.Failed>(r)).ToList();
        Assert.All(failures, f => Assert.Equal((FailureKind.ReauthRequired, Delivered.No), (f.Kind, f.Delivered)));
        Assert.Single(failures, f => f.Attempted);
        await Eventually.Holds(() => Refused() > before, "the refusal is logged");
        Assert.Equal(before + 1, Refused());

        int Refused() => ssh.Log().Split("\n").Count(line => line.Contains("Connection closed by authenticating user", StringComparison.Ordinal)
            || line.Contains("Disconnected from authenticating user", StringComparison.Ordinal)
            || line.Contains("Connection reset by authenticating user", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("right", null)]
    [InlineData("wrong", "cannot be read")]
    [InlineData(null, "passphrase is required")]
    public async Task A_key_may_have_a_passphrase(string? phrase, string? expected)
    {
        database.OtherCredentials["sshPrivateKey"] = ssh.LockedKey;
        if (phrase is not null) database.OtherCredentials["sshPassphrase"] = phrase == "right" ? SshServer.Passphrase : phrase;
        Assert.Contains(expected ?? "", (await database.Probe()).Failure?.Message ?? "", StringComparison.Ordinal);
        if (expected is null) Assert.Equal("1", await database.Value("SELECT 1"));
    }

    [Fact]
    public async Task A_wrong_password_is_rejected_and_never_shown()
    {
        database.OtherCredentials.Remove("sshPrivateKey");
        database.OtherCredentials["sshPassword"] = "canary-ssh-7d1f";
        var probe = await database.Probe();
        Assert.Equal(("ssh", FailureKind.ReauthRequired), (probe.Steps[^1].Name, probe.Failure!.Kind));
        Assert.DoesNotContain(database.Logs.Lines.Append(probe.Failure.Message), t => t.Contains("canary-ssh", StringComparison.Ordinal));
    }

    // The right password would need a user of this machine: SshKeyTests has it without a server.
    [Fact]
    public async Task A_host_that_takes_passwords_in_a_dialogue_only_is_answered_and_its_rejection_is_told()
    {
        Assert.SkipUnless(File.Exists("/etc/pam.d/sshd"), "OpenSSH's server has no PAM service here");
        await using var asking = await SshServer.Create(dialogue: true);
        var settings = Settings();
        (settings["port"], settings["hostKeyFingerprint"]) = (asking.Port, asking.Fingerprint);
        database.Settings["ssh"] = settings;
        database.OtherCredentials.Remove("sshPrivateKey");
        database.OtherCredentials["sshPassword"] = "canary-ssh-7d1f";
        var probe = await database.Probe();
        Assert.Equal(("ssh", FailureKind.ReauthRequired), (probe.Steps[^1].Name, probe.Failure!.Kind));
        Assert.Contains("keyboard-interactive/pam", asking.Log(), StringComparison.Ordinal);
        Assert.DoesNotContain(database.Logs.Lines.Append(probe.Failure.Message), t => t.Contains("canary-ssh", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_database_that_the_SSH_host_cannot_reach_is_reported()
    {
        database.Settings["port"] = Ports.Free();
        var probe = await database.Probe();
        Assert.Equal((FailureKind.Unavailable, Delivered.No), (probe.Failure!.Kind, probe.Failure.Delivered));
        Assert.Contains("no answer came from 127.0.0.1", probe.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tunnel_ends_with_its_session()
    {
        var clock = new FakeTimeProvider();
        await using var still = new MyDatabase(mariaDb.Server, clock: clock);
        Tunnel(still);
        var before = Ended();
        Assert.Equal("1", await still.Value("SELECT 1"));
        clock.Advance(Connections.Connectors.Databases.SessionLife.Linger);
        await Eventually.Holds(() => Ended() > before, "the SSH host is left");

        int Ended() => ssh.Log().Split("\n").Count(line => !line.Contains("preauth", StringComparison.Ordinal) && !line.Contains("authenticating", StringComparison.Ordinal)
            && (line.Contains("isconnect", StringComparison.Ordinal) || line.Contains("closed by", StringComparison.Ordinal)
                || line.Contains("reset by", StringComparison.Ordinal) || line.Contains("Read error", StringComparison.Ordinal)));
    }

    public async ValueTask DisposeAsync() => await database.DisposeAsync();

    private void Tunnel(MyDatabase through, string host = "bastion.test")
    {
        through.Resolver.Answer("bastion.test", [SshServer.Host]);
        through.Settings["host"] = MariaDbServer.Host;
        through.Settings["ssh"] = Settings(host);
        through.OtherCredentials["sshPrivateKey"] = ssh.PrivateKey;
    }

    private JsonObject Settings(string host = "bastion.test") => new()
    {
        ["host"] = host,
        ["port"] = ssh.Port,
        ["user"] = SshServer.User,
        ["hostKeyFingerprint"] = ssh.Fingerprint
    };
}
