using Connections.Domain;

namespace Connectors.Tests.MySql;

public sealed class MyPasswordTests(MariaDbFixture fixture) : IAsyncDisposable
{
    private readonly MyDatabase database = new(fixture.Server);

    [Theory]
    [InlineData("short")]
    [InlineData("a password that is longer than the thirty-two bytes of a seed, with spaces")]
    [InlineData("pässwörd€😀")]
    [InlineData("exactly-thirty-two-bytes-long-pw")]
    [InlineData("it''s \"quoted\"")]
    public async Task A_user_of_ed25519_signs_in(string password)
    {
        await fixture.Server.Sql("INSTALL PLUGIN IF NOT EXISTS ed25519 SONAME 'auth_ed25519'");
        await fixture.Server.Sql($"CREATE OR REPLACE USER signer@'%' IDENTIFIED VIA ed25519 USING PASSWORD('{password}'); GRANT SELECT ON shop.* TO signer@'%'");
        var probe = await database.Probe(database.Use(user: "signer", password: password.Replace("''", "'", StringComparison.Ordinal)));
        Assert.Null(probe.Failure?.Message);
        Assert.Equal(FailureKind.ReauthRequired, (await database.Probe(database.Use(version: 2, user: "signer", password: "wrong"))).Failure!.Kind);
    }

    [Fact]
    public async Task A_user_without_a_password_signs_in()
    {
        await fixture.Server.Sql("CREATE OR REPLACE USER blank@'%' IDENTIFIED BY ''; GRANT SELECT ON shop.* TO blank@'%'");
        var probe = await database.Probe(database.Use(user: "blank", password: ""));
        Assert.Null(probe.Failure?.Message);
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();
}
