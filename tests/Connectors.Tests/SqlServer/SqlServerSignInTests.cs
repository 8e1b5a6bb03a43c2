using Connections.Connectors;
using Connections.Domain;
using Connectors.Tests.Tls;
using TestServers;
using TestServers.Tds;

namespace Connectors.Tests.SqlServer;

public sealed class SqlServerSignInTests : IAsyncDisposable
{
    private readonly TdsServer server = TdsDatabase.Server();

    [Theory]
    [InlineData("disable", false)]
    [InlineData("require", false)]
    [InlineData("require", true)]
    [InlineData("verify-full", true)]
    [InlineData("strict", true)]
    public async Task A_probe_returns_its_steps_and_the_account(string tls, bool authority)
    {
        server.Strict = tls == "strict";
        server.Encryption = (byte)(tls == "disable" ? 2 : 1);
        await using var database = new TdsDatabase(server.Port, tls: tls, ca: authority ? server.Certificates.AuthorityPem : null);
        var probe = await database.Probe();
        Assert.Null(probe.Failure?.Message);
        Assert.Equal(["resolve", "connect", "tls", "signIn", "identify"], probe.Steps.Select(s => s.Name));
        Assert.Equal($"app@shop on sql.test:{server.Port}", probe.Account!.Display);
        Assert.Equal(["9f2a-1/shop/app", $"""["sql.test","{server.Port}","shop","app"]"""], probe.Identities.Select(i => i.Value));
        Assert.Equal("connections", Assert.Single(server.Logins).Application);
    }

    [Theory]
    [InlineData("sql.test", false, "require", null)]
    [InlineData("elsewhere.test", false, "require", null)]
    [InlineData("elsewhere.test", false, "verify-full", "not for sql.test, but for elsewhere.test")]
    [InlineData("elsewhere.test", false, "strict", "not for sql.test, but for elsewhere.test")]
    [InlineData("127.0.0.1", false, "verify-full", "not for sql.test, but for")]
    [InlineData("sql.test", true, "verify-full", "expired")]
    [InlineData("sql.test", true, "strict", "expired")]
    public async Task A_certificate_is_checked(string name, bool expired, string tls, string? expected)
    {
        server.Strict = tls == "strict";
        server.UseCertificate(expired, name);
        await using var database = new TdsDatabase(server.Port, tls: tls, ca: server.Certificates.AuthorityPem);
        server.Answer = (_, _) => TdsTokens.Result(TdsColumn.Number("", 1));
        TlsOutcome.Check(await database.Probe(), await database.Run("SELECT 1"), expected);
        if (expected is not null) Assert.Empty(server.Logins);
    }

    [Theory]
    [InlineData("require")]
    [InlineData("verify-full")]
    [InlineData("strict")]
    public async Task A_certificate_of_another_authority_is_rejected(string tls)
    {
        server.Strict = tls == "strict";
        using var other = new TestCertificates("Another CA");
        await using var database = new TdsDatabase(server.Port, tls: tls, ca: other.AuthorityPem);
        TlsOutcome.Check(await database.Probe(), await database.Run("SELECT 1"), "not by the CA certificate given");
    }

    [Theory]
    [InlineData("require", 2, false, "does not encrypt")]
    [InlineData("verify-full", 0, false, "does not encrypt")]
    [InlineData("disable", 3, false, "requires encryption")]
    [InlineData("disable", 1, false, "requires encryption")]
    [InlineData("strict", 1, false, "TLS handshake failed")]
    [InlineData("require", 1, true, "TLS handshake failed")]
    public async Task A_server_that_encrypts_otherwise_gets_no_password(string tls, byte encryption, bool strict, string expected)
    {
        (server.Encryption, server.Strict) = (encryption, strict);
        await using var database = new TdsDatabase(server.Port, tls: tls);
        TlsOutcome.Check(await database.Probe(), await database.Run("SELECT 1"), expected);
        Assert.Empty(server.Logins);
    }

    [Theory]
    [InlineData(18456, FailureKind.ReauthRequired)]
    [InlineData(18452, FailureKind.ReauthRequired)]
    [InlineData(18450, FailureKind.ReauthRequired)]
    [InlineData(18470, FailureKind.ReauthRequired)]
    [InlineData(18486, FailureKind.ReauthRequired)]
    [InlineData(18487, FailureKind.ReauthRequired)]
    [InlineData(18488, FailureKind.ReauthRequired)]
    [InlineData(4060, FailureKind.ReauthRequired)]
    [InlineData(40615, FailureKind.Unavailable)]
    [InlineData(40613, FailureKind.Unavailable)]
    [InlineData(10928, FailureKind.Throttled)]
    [InlineData(49918, FailureKind.Throttled)]
    [InlineData(916, FailureKind.Forbidden)]
    [InlineData(17142, FailureKind.Unavailable)]
    public async Task The_number_of_an_error_determines_the_failure_and_credentials_are_tried_once(int number, FailureKind kind)
    {
        server.BeforeLogin = _ => TdsTokens.Error(number, "Not now.");
        await using var database = new TdsDatabase(server.Port);
        var probe = await database.Probe();
        Assert.Equal(("signIn", kind, Delivered.No), (probe.Steps[^1].Name, probe.Failure!.Kind, probe.Failure.Delivered));
        Assert.Single(server.Logins);
        if (kind != FailureKind.ReauthRequired) return;
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => database.Run("SELECT 1")));
        Assert.All(results, r => Assert.Equal(kind, Assert.IsType<ConnectorResult.Failed>(r).Kind));
        Assert.InRange(server.Logins.Count, 1, 2);
    }

    [Fact]
    public async Task A_wrong_password_is_tried_once_and_not_shown()
    {
        await using var database = new TdsDatabase(server.Port);
        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ =>
            database.Run("SELECT 1", use: database.Use(password: "canary-wrong"))));
        Assert.All(results, r => Assert.Equal(FailureKind.ReauthRequired, Assert.IsType<ConnectorResult.Failed>(r).Kind));
        Assert.Single(server.Logins);
        Assert.DoesNotContain(results, r => r.ToString()!.Contains("canary", StringComparison.Ordinal));
        Assert.DoesNotContain(database.Logs.Lines, line => line.Contains("canary", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Each_call_signs_in_with_its_own_credentials()
    {
        server.Users["other"] = "second";
        server.Answer = (_, _) => TdsTokens.Result(TdsColumn.Number("", 1));
        await using var database = new TdsDatabase(server.Port);
        await database.Query("SELECT 1");
        Assert.IsType<ConnectorResult.Done>(await database.Run("SELECT 1",
            use: database.Use(version: 2, password: "second", user: "other")));
        Assert.Equal(["app", "other"], server.Logins.Select(l => l.User));
        Assert.Equal(FailureKind.ReauthRequired, Assert.IsType<ConnectorResult.Failed>(
            await database.Run("SELECT 1", use: database.Use(version: 3, password: "third"))).Kind);
    }

    [Fact]
    public async Task An_instance_needs_its_port()
    {
        await using var database = new TdsDatabase(server.Port);
        database.Settings["host"] = "sql.test\\SQLEXPRESS";
        Assert.Equal(FailureKind.InvalidInput, (await database.Probe()).Failure!.Kind);
        Assert.Empty(server.Logins);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
