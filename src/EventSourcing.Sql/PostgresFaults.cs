using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Npgsql;

namespace EventSourcing.Sql;

/// <summary>PostgreSQL is unavailable; the fault may be temporary.</summary>
public sealed class PostgresUnreachableException(string target, Exception inner)
    : Exception($"PostgreSQL at {target} does not answer ({Kind(inner)}).", inner)
{
    // Messages of the driver and of the system may quote settings.
    private static string Kind(Exception e) => e switch
    {
        PostgresException p => p.SqlState,
        SocketException s => s.SocketErrorCode.ToString(),
        { InnerException: { } deeper } => Kind(deeper),
        _ => e.GetType().Name
    };
}

/// <summary>PostgreSQL rejects these settings. The message says what to change, and quotes no password.</summary>
public sealed class PostgresRefusedException(string message, Exception inner) : Exception(message, inner);

internal static class PostgresFaults
{
    private const string InvalidPassword = "28P01";
    private const string InvalidAuthorization = "28000";
    private const string NoSuchDatabase = "3D000";
    private const string NotAllowed = "42501";

    /// <summary>The fault that prevented a connection; null for faults of other kinds.</summary>
    public static Exception? FromOpening(Exception e, NpgsqlConnectionStringBuilder settings, string target) => e switch
    {
        PostgresException p when p.IsTransient || p.SqlState.StartsWith("57", StringComparison.Ordinal) =>
            new PostgresUnreachableException(target, e),
        PostgresException p => new PostgresRefusedException(Explain(p.SqlState, settings, target), e),
        _ when IsFileFault(e) || (e is NpgsqlException && IsFileFault(e.InnerException)) =>
            new PostgresRefusedException("A certificate file named in the connection string of PostgreSQL cannot be read.", e),
        AuthenticationException or NpgsqlException { InnerException: AuthenticationException } => new PostgresRefusedException(
            $"The certificate of PostgreSQL at {target} is not accepted: it must be for the host \"{settings.Host}\" and from an authority "
            + "that this machine trusts or that \"Root Certificate\" in the connection string names.",
            e),
        NpgsqlException { IsTransient: true } or SocketException or TimeoutException or IOException =>
            new PostgresUnreachableException(target, e),
        NpgsqlException => new PostgresRefusedException(
            $"Cannot sign in to PostgreSQL at {target}: the connection string lacks the password, or its TLS mode does not fit the server "
            + "(\"SSL Mode\").",
            e),
        _ => null
    };

    private static bool IsFileFault(Exception? e) =>
        e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException or CryptographicException;

    private static string Explain(string state, NpgsqlConnectionStringBuilder settings, string target)
    {
        var (user, database) = (settings.Username, $"the database \"{settings.Database}\" on PostgreSQL at {target}");
        return state switch
        {
            InvalidPassword =>
                $"PostgreSQL at {target} rejects the password of {user}, or has no such user. Correct both in the connection string.",
            InvalidAuthorization =>
                $"PostgreSQL at {target} rejects {user}: there is no such user, or the rules in pg_hba.conf do not permit this host.",
            NoSuchDatabase => $"There is no database \"{settings.Database}\" on PostgreSQL at {target}. Create it with the owner {user}.",
            NotAllowed => $"{user} has no permission for {database}. Grant it, or make {user} the owner.",
            _ => $"PostgreSQL at {target} rejects the sign-in of {user} (SQLSTATE {state})."
        };
    }
}
