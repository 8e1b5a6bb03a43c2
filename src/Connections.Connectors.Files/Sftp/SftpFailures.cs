using System.Net.Sockets;
using Connections.Domain;
using Renci.SshNet.Common;

namespace Connections.Connectors.Sftp;

/// <summary>Converts the failures of a server after the sign-in.</summary>
internal static class SftpFailures
{
    private const int MaxQuotedLength = 300;

    /// <param name="delivered">What is known if the connection broke.</param>
    public static ConnectorResult.Failed From(Exception e, Delivered delivered, bool timedOut) => e switch
    {
        _ when timedOut => new(FailureKind.Timeout, "The server did not answer in time.", delivered),
        OutsideException => Answered(FailureKind.InvalidInput, e.Message),
        SftpPathNotFoundException => Answered(FailureKind.NotFound, "The server has no such file or folder."),
        SftpPermissionDeniedException => Answered(FailureKind.Forbidden, "The user may not do this on the server."),
        SftpException => Quoted(FailureKind.InvalidInput, "The server failed to do this", e.Message),
        NotSupportedException => Answered(FailureKind.InvalidInput, "The server does not support this."),
        SshOperationTimeoutException => new(FailureKind.Timeout, "The server did not answer in time.", delivered),
        _ => new(FailureKind.Unavailable, "The connection to the server broke.", delivered)
    };

    /// <param name="problem">How much the server sent.</param>
    public static ConnectorResult.Failed TooMuch(string problem, Delivered delivered) =>
        new(FailureKind.InvalidInput, $"The server sent {problem}, so the session was closed.", delivered, Answered: true);

    /// <summary>A lost attempt is no failure of the server, and is not repeated.</summary>
    public static bool Is(Exception e) => e is not AttemptLostException && e is OutsideException or SshException or SocketException or IOException or ObjectDisposedException
        or OperationCanceledException or NotSupportedException or InvalidOperationException or AggregateException;

    private static ConnectorResult.Failed Answered(FailureKind kind, string message) => new(kind, message, Delivered.No, Answered: true);

    private static ConnectorResult.Failed Quoted(FailureKind kind, string what, string message)
    {
        var words = string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return Answered(kind, $"{what}: {(words.Length <= MaxQuotedLength ? words : words[..MaxQuotedLength] + "…")}") with { OwnWords = $"{what}." };
    }
}
