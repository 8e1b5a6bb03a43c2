using System.Text;
using Connections.Connectors.Databases;
using Connections.Domain;
using Npgsql;

namespace Connections.Connectors.Postgres;

/// <summary>Converts errors of the server.</summary>
internal static class PostgresFailures
{
    /// <summary>A failure while signing in. No statement has been sent.</summary>
    public static ConnectorResult.Failed AtSignIn(PostgresException e, DatabaseSettings settings, string user, bool encrypted) => e.SqlState switch
    {
        PostgresErrorCodes.InvalidPassword => Rejected($"The server rejects the password of {user}."),
        PostgresErrorCodes.InvalidCatalogName => Rejected($"The server has no database \"{settings.Database}\": check its name."),
        PostgresErrorCodes.InvalidAuthorizationSpecification => Rejected($"The server rejects the sign-in of {user}: {e.MessageText}." + Remedy(encrypted)) with
        {
            OwnWords = $"The server rejects the sign-in of {user} (SQLSTATE {e.SqlState})." + Remedy(encrypted)
        },
        PostgresErrorCodes.InsufficientPrivilege => new ConnectorResult.Failed(
            FailureKind.Forbidden, $"{user} may not connect to \"{settings.Database}\": {Describe(e)}", Delivered.No, Answered: true)
        {
            OwnWords = $"{user} may not connect to \"{settings.Database}\" (SQLSTATE {e.SqlState})."
        },
        _ => new ConnectorResult.Failed(KindAtSignIn(e), $"The server rejected the connection: {Describe(e)}", Delivered.No, Answered: true)
        {
            OwnWords = $"The server rejected the connection (SQLSTATE {e.SqlState})."
        }
    };

    /// <summary>
    /// An error response to a statement of this service, before the caller's statement. A pooler signs in to the server only then.
    /// </summary>
    public static ConnectorResult.Failed BeforeStatement(PostgresException e) =>
        IsSignIn(e.SqlState)
            ? Rejected($"The server rejects the sign-in: {Describe(e)}") with { OwnWords = $"The server rejects the sign-in (SQLSTATE {e.SqlState})." }
            : AtStatement(e);

    /// <summary>
    /// An error response to the caller's statement. The transaction was not committed. The statement's functions can raise any state, so
    /// none is taken for a failure of the sign-in, and a raised one never for a failure of the server.
    /// </summary>
    public static ConnectorResult.Failed AtStatement(PostgresException e)
    {
        var kind = RaisedByFunction(e) ? FailureKind.InvalidInput : Kind(e.SqlState);
        var delivered = kind is FailureKind.Unavailable or FailureKind.Timeout ? Delivered.No : Delivered.Yes;
        return new ConnectorResult.Failed(kind, Hint(e) + Describe(e), delivered, Answered: true)
        {
            OwnWords = $"The server rejected the statement (SQLSTATE {e.SqlState})."
        };
    }

    public static ConnectorResult.Failed Lost(string what, Delivered delivered) => new(FailureKind.Unavailable, what, delivered);

    private static ConnectorResult.Failed Rejected(string message) => new(FailureKind.ReauthRequired, message, Delivered.No, Answered: true);

    private static bool IsSignIn(string state) => state == PostgresErrorCodes.InvalidCatalogName || state.StartsWith("28", StringComparison.Ordinal);

    // The source files of the procedural languages, in which RAISE and its kin report their errors.
    private static bool RaisedByFunction(PostgresException e) => e.File is "pl_exec.c" or "plperl.c" or "plpy_elog.c" or "plpy_plpymodule.c" or "pltcl.c";

    private static string Remedy(bool encrypted) => encrypted
        ? " It may not allow this service's addresses."
        : " It may not allow this service's addresses, or may require encryption: try tls \"require\".";

    private static FailureKind KindAtSignIn(PostgresException e) =>
        IsSignIn(e.SqlState) ? FailureKind.ReauthRequired : Kind(e.SqlState) is var kind && kind == FailureKind.InvalidInput && !e.SqlState.StartsWith("22", StringComparison.Ordinal)
            ? FailureKind.Unavailable
            : kind;

    private static FailureKind Kind(string state) => state switch
    {
        PostgresErrorCodes.InsufficientPrivilege => FailureKind.Forbidden,
        PostgresErrorCodes.QueryCanceled => FailureKind.Timeout,
        PostgresErrorCodes.ProtocolViolation => FailureKind.InvalidInput, // the server's response to a wrong number of parameters
        PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected => FailureKind.Unavailable,
        PostgresErrorCodes.LockNotAvailable => FailureKind.Unavailable,
        PostgresErrorCodes.ConfigurationLimitExceeded => FailureKind.InvalidInput, // a limit of the role or the database, not of the server
        "25P03" or "25P04" => FailureKind.Timeout, // the server ends idle or long transactions
        _ => state[..2] switch
        {
            "08" or "53" or "57" or "58" => FailureKind.Unavailable,
            _ => FailureKind.InvalidInput
        }
    };

    private static string Hint(PostgresException e) => e.SqlState switch
    {
        PostgresErrorCodes.ReadOnlySqlTransaction => "Queries of this connection are read-only (see its setting \"Allow writes\"): ",
        PostgresErrorCodes.QueryCanceled => "The statement took too long and was cancelled: ",
        _ => ""
    };

    private static string Describe(PostgresException e)
    {
        var text = new StringBuilder(e.MessageText).Append(" (SQLSTATE ").Append(e.SqlState);
        if (e.Position > 0) text.Append(", at character ").Append(e.Position);
        text.Append(").");
        if (!string.IsNullOrEmpty(e.Detail)) text.Append(' ').Append(e.Detail);
        if (!string.IsNullOrEmpty(e.Hint)) text.Append(' ').Append(e.Hint);
        return text.Length <= 2_000 ? text.ToString() : text.ToString(0, 2_000) + "…";
    }
}
