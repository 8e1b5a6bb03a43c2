using EventSourcing.EventStoreDb;
using EventSourcing.Sql;
using Npgsql;
using RabbitMQ.Client.Exceptions;

namespace Connections.Hosting;

public static class Stores
{
    /// <summary>Whether a fault is the absence of a store, which passes.</summary>
    public static bool AreAway(Exception fault) =>
        fault is EventStoreDbUnreachableException or PostgresUnreachableException or NpgsqlException { IsTransient: true } || HaveNoTables(fault);

    /// <summary>In a new deployment, until its first Connections.Worker has made them.</summary>
    public static bool HaveNoTables(Exception fault) => fault is PostgresException { SqlState: PostgresErrorCodes.UndefinedTable };

    /// <summary>What a store or the broker said, for who asked for something on the command line; null where it is another's fault.</summary>
    public static string? Said(Exception fault) => fault switch
    {
        _ when HaveNoTables(fault) => "The tables are not there yet: run migrate, or start a Connections.Worker.",
        EventStoreDbUnreachableException => fault.Message,
        PostgresUnreachableException or NpgsqlException => EventNotHandledException.Describe(fault),
        RabbitMQClientException => $"RabbitMQ broke off ({fault.GetType().Name}).",
        _ => null
    };
}
