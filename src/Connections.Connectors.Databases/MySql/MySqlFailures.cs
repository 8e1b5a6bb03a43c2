using Connections.Connectors.Databases;
using Connections.Domain;

namespace Connections.Connectors.MySql;

/// <summary>Converts error numbers of the server. MariaDB's own numbers are 1900 to 1999 and above 4000.</summary>
internal static class MySqlFailures
{
    private const int MaxMessageLength = 2_000;
    private const int QuotaUsed = 1226;

    // A retry during the lock would extend it.
    private static readonly TimeSpan Locked = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Full = TimeSpan.FromSeconds(30);

    /// <summary>A failure while signing in. No statement has been sent.</summary>
    public static ConnectorResult.Failed AtSignIn(int number, string message, DatabaseSettings? settings, string user, bool encrypted) => number switch
    {
        1045 or 1698 => Rejected($"The server rejects the password of {user}{(encrypted ? "" : ", or requires encryption: try tls \"require\"")}."),
        1049 => Rejected($"The server has no database \"{settings?.Database}\": check its name."),
        1130 => Rejected("The server does not allow connections from this service's address."),
        1820 or 1862 => Rejected($"The password of {user} has expired."),
        3118 or 4151 => Rejected($"The account {user} is locked."),
        3159 => Rejected("The server requires encryption: choose tls \"require\"."),
        1044 => new ConnectorResult.Failed(
            FailureKind.Forbidden, $"{user} may not connect to \"{settings?.Database}\": {Describe(number, message)}", Delivered.No, Answered: true)
        {
            OwnWords = $"{user} may not connect to \"{settings?.Database}\" (error {number})."
        },
        _ => Throttled(number, message) ?? new ConnectorResult.Failed(
            Kind(number) is var kind && kind is FailureKind.InvalidInput or FailureKind.Forbidden ? FailureKind.Unavailable : kind,
            $"The server rejected the connection: {Describe(number, message)}", Delivered.No, Answered: true)
        {
            OwnWords = $"The server rejected the connection (error {number})."
        }
    };

    /// <summary>
    /// An error response to a statement of this service, before the caller's statement. Some servers check the account only then.
    /// </summary>
    public static ConnectorResult.Failed BeforeStatement(int number, string? state, string message) =>
        Throttled(number, message) ?? (number is 1820 or 1862
            ? Rejected($"The password has expired: {Describe(number, message)}") with { OwnWords = $"The password has expired (error {number})." }
            : AtStatement(number, state, message));

    /// <summary>
    /// An error response to the caller's statement. Nothing was committed. A statement can raise any number (SIGNAL), so no number is taken
    /// for a failure of the connection or of the sign-in.
    /// </summary>
    public static ConnectorResult.Failed AtStatement(int number, string? state, string message)
    {
        if (number == QuotaUsed && !UserDefined(state)) return Throttled(number, message)!;
        var kind = UserDefined(state) ? FailureKind.InvalidInput : Kind(number);
        var delivered = kind is FailureKind.Unavailable or FailureKind.Timeout ? Delivered.No : Delivered.Yes;
        return new ConnectorResult.Failed(kind, Hint(number) + Describe(number, message), delivered, Answered: true)
        {
            OwnWords = $"The server rejected the statement (error {number})."
        };
    }

    public static ConnectorResult.Failed Lost(string what, Delivered delivered) => new(FailureKind.Unavailable, what, delivered);

    /// <summary>Whether the server ends the session with this error.</summary>
    public static bool IsFatal(int number) =>
        number is 1053 or 1077 or 1079 or 1080 or 1152 or (>= 1158 and <= 1161) or 1184 or 1927 or 2006 or 2013 or 4031;

    private static ConnectorResult.Failed? Throttled(int number, string message) => number switch
    {
        3955 => Wait("The account is locked temporarily after too many failed sign-ins: ", Locked),
        1129 => Wait("The server blocks this service's address after too many aborted connections; its administrator can unblock it with FLUSH HOSTS: ", Locked),
        1040 or 1203 or QuotaUsed => Wait("The server has reached its connection limit: ", Full),
        _ => null,
    } is { } wait ? new ConnectorResult.Failed(FailureKind.Throttled, wait.Hint + Describe(number, message), Delivered.No, wait.Time, Answered: true)
    {
        OwnWords = $"{wait.Hint.TrimEnd(' ', ':')} (error {number})."
    } : null;

    private static (string Hint, TimeSpan Time)? Wait(string hint, TimeSpan time) => (hint, time);

    // The SQL standard reserves class 45 for exceptions that users define.
    private static bool UserDefined(string? state) => state?.StartsWith("45", StringComparison.Ordinal) == true;

    private static FailureKind Kind(int number) => number switch
    {
        // 1045 at a statement: the user lacks the right to access files on the server
        1044 or 1045 or 1095 or 1142 or 1143 or 1227 or 1370 or 1410 or 1419 => FailureKind.Forbidden,
        1969 or 3024 => FailureKind.Timeout,
        1021 or 1037 or 1038 or 1041 or 1043 or 1135 or 1205 or 1213 or 1317 or 3572 => FailureKind.Unavailable,
        2002 or 2003 => FailureKind.Unavailable,
        _ => IsFatal(number) ? FailureKind.Unavailable : FailureKind.InvalidInput
    };

    private static string Hint(int number) => number switch
    {
        1792 => "Queries of this connection are read-only (see its setting \"Allow writes\"): ",
        1969 or 3024 => "The statement took too long and was cancelled: ",
        _ => ""
    };

    private static ConnectorResult.Failed Rejected(string message) => new(FailureKind.ReauthRequired, message, Delivered.No, Answered: true);

    private static string Describe(int number, string message) => $"{(message.Length <= MaxMessageLength ? message : message[..MaxMessageLength] + "…")} (error {number}).";
}
