using EventSourcing.EventStoreDb;
using EventSourcing.Sql;
using Npgsql;

namespace Connections.Hosting;

public static class Stores
{
    /// <summary>Whether a fault is the absence of a store, which passes.</summary>
    public static bool AreAway(Exception fault) =>
        fault is EventStoreDbUnreachableException or PostgresUnreachableException or NpgsqlException { IsTransient: true } || HaveNoTables(fault);

    /// <summary>In a new deployment, until its first Connections.Worker has made them.</summary>
    public static bool HaveNoTables(Exception fault) => fault is PostgresException { SqlState: PostgresErrorCodes.UndefinedTable };
}
