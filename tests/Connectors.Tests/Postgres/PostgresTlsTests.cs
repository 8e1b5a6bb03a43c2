using Connections.Domain;
using Connectors.Tests.Databases;
using TestServers;

namespace Connectors.Tests.Postgres;

public sealed class PostgresTlsTests(DatabaseFixture<PostgresDialect> fixture) : DatabaseTlsContract<PostgresDialect>(fixture)
{
    [Fact]
    public async Task A_server_that_requires_encryption_gets_an_explanation()
    {
        var server = (PostgresServer)Server;
        await server.UseRules("hostssl all all 127.0.0.1/32 scram-sha-256");
        try
        {
            await using var database = Database("disable", null);
            var probe = await database.Probe();
            Assert.Equal(FailureKind.ReauthRequired, probe.Failure!.Kind);
            Assert.Contains("pg_hba.conf", probe.Failure.Message, StringComparison.Ordinal);
            Assert.Contains("tls \"require\"", probe.Failure.Message, StringComparison.Ordinal);
        }
        finally
        {
            await server.UseRules("host all all 127.0.0.1/32 scram-sha-256");
        }
    }
}
