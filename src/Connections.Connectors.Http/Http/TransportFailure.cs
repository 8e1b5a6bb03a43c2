using System.Net.Sockets;
using Connections.Domain;

namespace Connections.Connectors.Http;

/// <summary>The failure of a request that got no response that can be read.</summary>
internal static class TransportFailure
{
    private const int MaxQuotedLength = 100;

    public static bool Is(Exception e) => e is HttpRequestException or IOException or SocketException;

    /// <param name="who">The other side, in messages: the API, the provider.</param>
    /// <param name="responding">Whether the response had begun.</param>
    public static ConnectorResult.Failed From(Exception e, HttpRequestMessage? message, string who, bool responding)
    {
        if (e.InnerException is NotConnectedException { Failure: var unreachable }) return unreachable;
        if (e is BrokenOffException) return new ConnectorResult.Failed(FailureKind.Unavailable, e.Message, Delivered.Maybe, Answered: true);
        if (Unreadable(e) is var (problem, quoted))
        {
            var own = $"{who}'s response {problem}, so the response is lost.";
            return new ConnectorResult.Failed(
                FailureKind.InvalidInput, quoted.Length == 0 ? own : $"{own} It is {quoted}", Delivered.Maybe, Answered: true)
            { OwnWords = own };
        }

        return new ConnectorResult.Failed(
            FailureKind.Unavailable,
            responding ? "The connection broke while the response was read." : $"The connection broke before {Lower(who)} answered.",
            SentRequestTracker.Delivered(message));
    }

    // The client tells headers from other broken responses only by its message, which quotes the line.
    private static (string Problem, string Quoted)? Unreadable(Exception e)
    {
        if (e is HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded }) return ("has headers of more than 64 KB", "");
        if (e is not HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse }
            || !e.Message.Contains("header", StringComparison.Ordinal)) return null;
        var (start, end) = (e.Message.IndexOf('\''), e.Message.LastIndexOf('\''));
        var line = end > start ? e.Message[(start + 1)..end] : "";
        return ("has a header that cannot be read", line.Length <= MaxQuotedLength ? line : line[..MaxQuotedLength] + "…");
    }

    private static string Lower(string who) => char.ToLowerInvariant(who[0]) + who[1..];
}
