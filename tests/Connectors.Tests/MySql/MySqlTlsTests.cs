using Connections.Domain;
using Connectors.Tests.Databases;

namespace Connectors.Tests.MySql;

public sealed class MySqlTlsTests(DatabaseFixture<MariaDbDialect> fixture) : DatabaseTlsContract<MariaDbDialect>(fixture)
{
    [Fact]
    public async Task A_user_who_must_encrypt_gets_an_explanation()
    {
        await Server.Sql("CREATE USER IF NOT EXISTS safe@'%' IDENTIFIED BY 'safe-password' REQUIRE SSL; GRANT ALL ON shop.* TO safe@'%'", "shop");
        await using var database = Database("disable", null);
        var probe = await database.Probe(database.Use(user: "safe", password: "safe-password"));
        Assert.Equal(FailureKind.ReauthRequired, probe.Failure!.Kind);
        Assert.Contains("tls \"require\"", probe.Failure.Message, StringComparison.Ordinal);
    }
}
