using Connections.Connectors.Databases;
using Connections.Domain;
using Microsoft.Data.SqlClient;

namespace Connections.Connectors.SqlServer;

/// <summary>Converts error numbers of the server.</summary>
internal static class SqlServerFailures
{
    private const int MaxMessageLength = 2_000;
    private const byte EndsSession = 20;

    /// <summary>The server's error; null if the library reports a failure of the connection.</summary>
    public static SqlError? Answered(SqlException e) =>
        e.InnerException is null && e.Errors.Cast<SqlError>().FirstOrDefault(error => error.Class > 10) is { } error
            && error.Number > 0 && !IsTransport(error.Number) && error.Class <= 25
            ? error
            : null;

    /// <summary>Whether the server ends the session with this error.</summary>
    public static bool IsFatal(SqlError error) => error.Class >= EndsSession;

    /// <summary>A failure while signing in. No statement has been sent.</summary>
    public static ConnectorResult.Failed AtSignIn(int number, string message, DatabaseSettings settings, string user) => number switch
    {
        18456 or 18452 or 18450 => Rejected($"The server rejects the sign-in of {user} (error {number}). Only its log says why."),
        18470 => Rejected($"The login {user} is disabled."),
        18486 => Rejected($"The login {user} is locked."),
        18487 => Rejected($"The password of {user} has expired."),
        18488 => Rejected($"The password of {user} must be changed."),
        4060 => Rejected($"The server has no database \"{settings.Database}\", or {user} may not use it."),
        40615 or 40914 => Other(FailureKind.Unavailable, "The server's firewall does not allow this service's address: ", number, message),
        _ => Other(
            Kind(number) is var kind && kind == FailureKind.InvalidInput ? FailureKind.Unavailable : kind,
            "The server rejected the connection: ", number, message)
    };

    /// <summary>
    /// An error response to the caller's statement. A statement can report the failed sign-in of another server, so none is taken for a
    /// failure of this one.
    /// </summary>
    public static ConnectorResult.Failed AtStatement(int number, string message)
    {
        var kind = Kind(number);
        var delivered = kind is FailureKind.Unavailable or FailureKind.Timeout or FailureKind.Throttled ? Delivered.No : Delivered.Yes;
        return new ConnectorResult.Failed(kind, Describe(number, message), delivered, Answered: true)
        {
            OwnWords = $"The server rejected the statement (error {number})."
        };
    }

    public static ConnectorResult.Failed Lost(string what, Delivered delivered) => new(FailureKind.Unavailable, what, delivered);

    private static FailureKind Kind(int number) => number switch
    {
        229 or 230 or 262 or 297 or 300 or 916 => FailureKind.Forbidden,
        10928 or 10929 or 40501 or (>= 49918 and <= 49920) or 701 or 8645 or 8651 => FailureKind.Throttled,
        997 or 1204 or 1205 or 1222 or 4221 or 40143 or 40197 or 40540 or 40613 or 42108 or 42109 => FailureKind.Unavailable,
        _ => FailureKind.InvalidInput
    };

    // The numbers of sockets, which the library reports as if the server had sent them.
    private static bool IsTransport(int number) => number is 233 or 10053 or 10054 or 10060 or 10061 or 11001;

    private static ConnectorResult.Failed Other(FailureKind kind, string hint, int number, string message) =>
        new(kind, hint + Describe(number, message), Delivered.No, Answered: true)
        {
            OwnWords = $"{hint.TrimEnd(' ', ':')} (error {number})."
        };

    private static ConnectorResult.Failed Rejected(string message) =>
        new(FailureKind.ReauthRequired, message, Delivered.No, Answered: true);

    private static string Describe(int number, string message) =>
        $"{(message.Length <= MaxMessageLength ? message : message[..MaxMessageLength] + "…")} (error {number}).";
}
