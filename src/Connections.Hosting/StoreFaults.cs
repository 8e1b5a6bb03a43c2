using System.Net.Sockets;
using Connections.Credentials.Ring;
using EventSourcing;
using EventSourcing.EventStoreDb;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;
using Microsoft.Data.Sqlite;
using Npgsql;
using RabbitMQ.Client.Exceptions;
using SQLitePCL;

namespace Connections.Hosting;

public static class StoreFaults
{
    // SQLSTATE classes: data exception, integrity constraint violation, program limit exceeded
    private static readonly string[] OfTheData = ["22", "23", "54"];

    private static readonly int[] OfTheStatement =
        [raw.SQLITE_ERROR, raw.SQLITE_TOOBIG, raw.SQLITE_CONSTRAINT, raw.SQLITE_MISMATCH, raw.SQLITE_RANGE];

    /// <summary>Whether a fault is the absence of a store, which passes.</summary>
    public static bool AreUnavailable(Exception fault) =>
        fault is EventStoreDbUnreachableException or PostgresUnreachableException or NpgsqlException { IsTransient: true } || HaveNoTables(fault);

    /// <summary>
    /// Whether a fault says of a store or of the broker that it is away, or that it takes nobody in as it is now; and nothing of what was
    /// asked of it. That passes, or a person mends it: what was asked can be asked again.
    /// </summary>
    public static bool OrBrokerAreUnavailable(Exception fault)
    {
        for (var cause = fault; cause is not null; cause = cause.InnerException)
            if (IsUnavailable(cause)) return true;
        return false;
    }

    private static bool IsUnavailable(Exception fault) => fault switch
    {
        PostgresException answered => !OfTheData.Contains(answered.SqlState[..2]),
        SqliteException answered => !OfTheStatement.Contains(answered.SqliteErrorCode),
        NpgsqlException or PostgresUnreachableException or PostgresRefusedException or SqliteFileException => true,
        EventStoreDbUnreachableException or EventStoreDbSettingsException => true,
        UnknownEventException => true, // a newer version, which is being rolled out, wrote it and can read it
        KeyRingException => true,
        RabbitMQClientException or MassTransit.ConnectionException or MassTransit.TransportException => true,
        TimeoutException or IOException or SocketException => true,
        _ => false
    };

    /// <summary>In a new deployment, until its first Connections.Worker has made them.</summary>
    public static bool HaveNoTables(Exception fault) => fault is PostgresException { SqlState: PostgresErrorCodes.UndefinedTable };

    /// <summary>What a store or the broker said, for who asked for something on the command line; null where it is another's fault.</summary>
    public static string? Describe(Exception fault) => fault switch
    {
        _ when HaveNoTables(fault) => "The tables are not there yet: run migrate, or start a Connections.Worker.",
        EventStoreDbUnreachableException => fault.Message,
        PostgresUnreachableException or NpgsqlException => EventNotHandledException.Describe(fault),
        RabbitMQClientException => $"RabbitMQ broke off ({fault.GetType().Name}).",
        _ => null
    };
}
