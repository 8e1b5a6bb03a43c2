using Connections.Connectors.Postgres;
using Connectors.Tests.Databases;
using TestServers;

namespace Connectors.Tests.Postgres;

/// <summary>A connection to a test PostgreSQL.</summary>
public sealed class Database(PostgresServer server, bool allowWrites = false, string tls = "prefer", string? ca = null, TimeProvider? clock = null)
    : TestDatabase("postgres", server.Port, PostgresFixture.Host, PostgresFixture.Password, allowWrites, tls, ca, clock)
{
    public override int PoolCount => Pools<PostgresSession>().Count;

    public override int IdleSessions => Idle<PostgresSession>(5432);
}
