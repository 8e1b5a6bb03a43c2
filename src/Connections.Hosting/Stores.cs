using EventSourcing.EventStoreDb;
using EventSourcing.Sql;
using Npgsql;

namespace Connections.Hosting;

/// <summary>Whether a fault is the absence of a store, which passes.</summary>
public static class Stores
{
    public static bool AreAway(Exception fault) =>
        fault is EventStoreDbUnreachableException or PostgresUnreachableException or NpgsqlException { IsTransient: true };
}
