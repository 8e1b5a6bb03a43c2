using System.Net.Sockets;
using Connections.Connectors.Files;
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
    private static readonly string[] DataFaults = ["22", "23", "54"];

    // A full or broken disk, and files that were locked or lost their rights. An operator repairs it, and the same request works again.
    private static readonly int[] DiskFaults =
        [raw.SQLITE_FULL, raw.SQLITE_IOERR, raw.SQLITE_READONLY, raw.SQLITE_BUSY, raw.SQLITE_LOCKED, raw.SQLITE_CANTOPEN];

    private static readonly int[] StatementFaults =
        [raw.SQLITE_ERROR, raw.SQLITE_TOOBIG, raw.SQLITE_CONSTRAINT, raw.SQLITE_MISMATCH, raw.SQLITE_RANGE];

    /// <summary>Whether the fault says that a store is unavailable for a time.</summary>
    public static bool AreUnavailable(Exception fault) =>
        fault is EventStoreDbUnreachableException or PostgresUnreachableException or FileStoreUnavailableException
            || fault is NpgsqlException { IsTransient: true }
            || fault is SqliteFileException { Fault: SqliteFault.Full or SqliteFault.ReadOnly or SqliteFault.Unusable }
            || (fault is SqliteException sqlite && DiskFaults.Contains(sqlite.SqliteErrorCode))
            || HaveNoTables(fault);

    /// <summary>
    /// Whether the fault says that a store or the broker is unavailable or rejects every connection, and nothing about the request itself.
    /// Such a fault passes, or an operator repairs it: the request can be retried.
    /// </summary>
    public static bool OrBrokerAreUnavailable(Exception fault)
    {
        for (var cause = fault; cause is not null; cause = cause.InnerException)
            if (IsUnavailable(cause)) return true;
        return false;
    }

    private static bool IsUnavailable(Exception fault) => fault switch
    {
        PostgresException postgres => !DataFaults.Contains(postgres.SqlState[..2]),
        SqliteException sqlite => !StatementFaults.Contains(sqlite.SqliteErrorCode),
        NpgsqlException or PostgresUnreachableException or PostgresRefusedException or SqliteFileException => true,
        EventStoreDbUnreachableException or EventStoreDbSettingsException or FileStoreUnavailableException => true,
        UnknownEventException => true, // written by a newer version, now being rolled out, which can read it
        KeyRingException => true,
        RabbitMQClientException or MassTransit.ConnectionException or MassTransit.TransportException => true,
        TimeoutException or IOException or SocketException => true,
        _ => false
    };

    /// <summary>Whether the tables are missing, as in a new deployment until its first Connections.Worker has created them.</summary>
    public static bool HaveNoTables(Exception fault) => fault is PostgresException { SqlState: PostgresErrorCodes.UndefinedTable };

    /// <summary>Describes the fault of a store or the broker for the command line; null for any other fault.</summary>
    public static string? Describe(Exception fault) => fault switch
    {
        _ when HaveNoTables(fault) => "The tables do not exist yet: run migrate, or start a Connections.Worker.",
        EventStoreDbUnreachableException => fault.Message,
        PostgresUnreachableException or NpgsqlException => EventNotHandledException.Describe(fault),
        RabbitMQClientException => $"The connection to RabbitMQ failed ({fault.GetType().Name}).",
        _ => null
    };
}
