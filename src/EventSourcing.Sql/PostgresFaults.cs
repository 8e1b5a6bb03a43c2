using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Npgsql;

namespace EventSourcing.Sql;

/// <summary>PostgreSQL is away; it may come back by itself.</summary>
public sealed class PostgresUnreachableException(string target, Exception inner)
    : Exception($"PostgreSQL at {target} does not answer ({Kind(inner)}).", inner)
{
    // messages of the driver and of the system may quote what was typed
    private static string Kind(Exception e) => e switch
    {
        PostgresException p => p.SqlState,
        SocketException s => s.SocketErrorCode.ToString(),
        { InnerException: { } deeper } => Kind(deeper),
        _ => e.GetType().Name
    };
}

/// <summary>PostgreSQL answers and lets nobody in with these settings; the message says what to change, and quotes no password.</summary>
public sealed class PostgresRefusedException(string message, Exception inner) : Exception(message, inner);

internal static class PostgresFaults
{
    private const string InvalidPassword = "28P01";
    private const string InvalidAuthorization = "28000";
    private const string NoSuchDatabase = "3D000";
    private const string NotAllowed = "42501";

    /// <summary>What kept a connection from being opened; null: something else than the two.</summary>
    public static Exception? FromOpening(Exception e, NpgsqlConnectionStringBuilder settings, string target) => e switch
    {
        PostgresException p when p.IsTransient || p.SqlState.StartsWith("57", StringComparison.Ordinal) =>
            new PostgresUnreachableException(target, e),
        PostgresException p => new PostgresRefusedException(Refusal(p.SqlState, settings, target), e),
        _ when IsFileFault(e) || (e is NpgsqlException && IsFileFault(e.InnerException)) =>
            new PostgresRefusedException("A certificate file that the connection string of PostgreSQL names cannot be read.", e),
        AuthenticationException or NpgsqlException { InnerException: AuthenticationException } => new PostgresRefusedException(
            $"The certificate of PostgreSQL at {target} is not accepted: it must be for the host \"{settings.Host}\" and of an authority "
            + "that this machine or \"Root Certificate\" of the connection string knows.",
            e),
        NpgsqlException { IsTransient: true } or SocketException or TimeoutException or IOException =>
            new PostgresUnreachableException(target, e),
        NpgsqlException => new PostgresRefusedException(
            $"No sign-in at PostgreSQL at {target}: the password is missing from the connection string, or the two do not agree on TLS "
            + "(\"SSL Mode\").",
            e),
        _ => null
    };

    private static bool IsFileFault(Exception? e) =>
        e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException or CryptographicException;

    private static string Refusal(string state, NpgsqlConnectionStringBuilder settings, string target)
    {
        var (user, database) = (settings.Username, $"the database \"{settings.Database}\" on PostgreSQL at {target}");
        return state switch
        {
            InvalidPassword =>
                $"PostgreSQL at {target} does not take the password of {user}, or has no such user: set both in the connection string.",
            InvalidAuthorization =>
                $"PostgreSQL at {target} does not let {user} in: it has no such user, or its rules (pg_hba.conf) forbid it from here.",
            NoSuchDatabase => $"There is no database \"{settings.Database}\" on PostgreSQL at {target}: create it, owned by {user}.",
            NotAllowed => $"{user} may not use {database}: grant it, or make it the owner.",
            _ => $"PostgreSQL at {target} refuses the sign-in of {user} (SQLSTATE {state})."
        };
    }
}
