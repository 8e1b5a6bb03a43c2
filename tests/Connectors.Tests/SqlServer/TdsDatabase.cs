using Connections.Connectors.SqlServer;
using Connectors.Tests.Databases;
using TestServers.Tds;

namespace Connectors.Tests.SqlServer;

/// <summary>A connection to a double of SQL Server.</summary>
public sealed class TdsDatabase(int port, bool allowWrites = false, string tls = "require", string? ca = null, TimeProvider? clock = null)
    : TestDatabase("sqlserver", port, Host, Password, allowWrites, tls, ca, clock)
{
    public const string Host = "sql.test";
    public const string Password = "canary-4e77-pw-ü";

    public override int PoolCount => Pools<SqlServerSession>().Count;

    public override int IdleSessions => Idle<SqlServerSession>(1433);

    public static TdsServer Server() => new(Host) { Users = { [User] = Password } };
}
