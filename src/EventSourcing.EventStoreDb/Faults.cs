using System.Globalization;
using System.Net;
using System.Security.Authentication;
using Grpc.Core;

namespace EventSourcing.EventStoreDb;

/// <summary>Classifies failed calls by status and trailers, never by message text.</summary>
internal static class Faults
{
    /// <summary>The leader's address, as reported by a node that is not the leader.</summary>
    public static DnsEndPoint? Leader(RpcException e) =>
        Is(e, "not-leader")
        && e.Trailers.GetValue("leader-endpoint-host") is { Length: > 0 } host
        && int.TryParse(e.Trailers.GetValue("leader-endpoint-port"), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? new DnsEndPoint(host, port)
            : null;

    public static bool IsMissingStream(RpcException e) => Is(e, "wrong-expected-version");

    /// <summary>The server is available and busy, or another writer was faster: another node would respond the same.</summary>
    public static bool StaysAtNode(RpcException e) => e.StatusCode is StatusCode.Aborted or StatusCode.DeadlineExceeded;

    /// <summary>True if a retry may succeed.</summary>
    public static bool Passes(RpcException e) => Is(e, "not-leader") || e.StatusCode
        is StatusCode.Unavailable or StatusCode.Aborted or StatusCode.DeadlineExceeded
        or StatusCode.Cancelled or StatusCode.Internal or StatusCode.Unknown;

    /// <summary>The settings to correct, where a retry would not help.</summary>
    public static EventStoreDbSettingsException? Refusal(RpcException e, ConnectionString settings) => e.StatusCode switch
    {
        StatusCode.Unauthenticated => new(
            settings.User is null
                ? $"EventStoreDB at {settings.Places} requires a user and a password: esdb://user:password@host."
                : $"EventStoreDB at {settings.Places} does not accept the user {settings.User} or the password. "
                    + "Correct the connection string.",
            e),
        StatusCode.PermissionDenied => AccessDenied(settings, e),
        StatusCode.Unimplemented => new($"The server at {settings.Places} is not a supported EventStoreDB (23.10).", e),
        _ => FindCertificateFault(e) is { } fault
            ? new(
                $"The TLS certificate of EventStoreDB at {settings.Places} is not accepted ({fault.Message.TrimEnd('.')}). Name the "
                + "issuing authority with tlsCaFile, connect by a name in the certificate, or set tls=false for a server without TLS.",
                e)
            : null
    };

    public static EventStoreDbSettingsException AccessDenied(ConnectionString settings, Exception? e = null) => new(
        $"EventStoreDB at {settings.Places} denies {(settings.User is { } user ? $"the user {user}" : "callers without a user")} "
        + "what the log needs: reading $all, and writing to and deleting streams. "
        + "Make the user a member of $admins, or change the access rights.", e);

    private static AuthenticationException? FindCertificateFault(RpcException e)
    {
        for (var cause = e.Status.DebugException; cause is not null; cause = cause.InnerException)
        {
            if (cause is AuthenticationException fault) return fault;
        }

        return null;
    }

    private static bool Is(RpcException e, string exception) => e.Trailers.GetValue("exception") == exception;
}

/// <summary>The server could not complete the call at the moment. The call may have had its effect and is repeated.</summary>
internal sealed class TryAgainException(string message) : Exception(message);
