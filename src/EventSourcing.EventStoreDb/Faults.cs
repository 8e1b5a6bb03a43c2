using System.Globalization;
using System.Net;
using System.Security.Authentication;
using Grpc.Core;

namespace EventSourcing.EventStoreDb;

/// <summary>What a failed call means, by its status and its trailers, never by its words.</summary>
internal static class Faults
{
    /// <summary>Where the node that is not the leader says that the leader is.</summary>
    public static DnsEndPoint? Leader(RpcException e) =>
        Is(e, "not-leader")
        && e.Trailers.GetValue("leader-endpoint-host") is { Length: > 0 } host
        && int.TryParse(e.Trailers.GetValue("leader-endpoint-port"), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? new DnsEndPoint(host, port)
            : null;

    public static bool IsMissingStream(RpcException e) => Is(e, "wrong-expected-version");

    /// <summary>The server is there and busy with itself, or with somebody faster: another node would not know better.</summary>
    public static bool StaysAtNode(RpcException e) => e.StatusCode is StatusCode.Aborted or StatusCode.DeadlineExceeded;

    /// <summary>Asked again, the server might answer.</summary>
    public static bool Passes(RpcException e) => Is(e, "not-leader") || e.StatusCode
        is StatusCode.Unavailable or StatusCode.Aborted or StatusCode.DeadlineExceeded
        or StatusCode.Cancelled or StatusCode.Internal or StatusCode.Unknown;

    /// <summary>What somebody has to change, where asking again would be in vain.</summary>
    public static EventStoreDbSettingsException? Refusal(RpcException e, ConnectionString settings) => e.StatusCode switch
    {
        StatusCode.Unauthenticated => new(
            settings.User is null
                ? $"EventStoreDB at {settings.Places} wants a user and a password: esdb://user:password@host."
                : $"EventStoreDB at {settings.Places} does not accept the user {settings.User} or the password: "
                    + "correct the connection string.",
            e),
        StatusCode.PermissionDenied => AccessDenied(settings, e),
        StatusCode.Unimplemented => new($"What answers at {settings.Places} is no EventStoreDB that this version knows (23.10).", e),
        _ => CertificateTrouble(e) is { } trouble
            ? new(
                $"The TLS certificate of EventStoreDB at {settings.Places} is not accepted ({trouble.Message.TrimEnd('.')}): name the "
                + "authority that issued it with tlsCaFile, connect by a name that it holds, or say tls=false to a server without TLS.",
                e)
            : null
    };

    public static EventStoreDbSettingsException AccessDenied(ConnectionString settings, Exception? e = null) => new(
        $"EventStoreDB at {settings.Places} denies {(settings.User is { } user ? $"the user {user}" : "callers without a user")} "
        + "what the log needs: reading $all, and writing to and deleting streams. "
        + "Make the user a member of $admins, or change the access rights.", e);

    private static AuthenticationException? CertificateTrouble(RpcException e)
    {
        for (var cause = e.Status.DebugException; cause is not null; cause = cause.InnerException)
        {
            if (cause is AuthenticationException trouble) return trouble;
        }

        return null;
    }

    private static bool Is(RpcException e, string exception) => e.Trailers.GetValue("exception") == exception;
}

/// <summary>The server answered that it could not do it now: it may have, and is asked again.</summary>
internal sealed class TryAgainException(string message) : Exception(message);
