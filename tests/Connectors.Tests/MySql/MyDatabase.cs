using Connections.Connectors.MySql;
using Connectors.Tests.Databases;
using TestServers;

namespace Connectors.Tests.MySql;

/// <summary>A connection to a test MariaDB.</summary>
public sealed class MyDatabase(MariaDbServer server, bool allowWrites = false, string tls = "prefer", string? ca = null, TimeProvider? clock = null)
    : TestDatabase("mysql", server.Port, MariaDbFixture.Host, MariaDbFixture.Password, allowWrites, tls, ca, clock)
{
    public override int PoolCount => Pools<MySqlSession>().Count;

    public override int IdleSessions => Idle<MySqlSession>(3306);
}
