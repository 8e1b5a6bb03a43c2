using System.Globalization;
using System.Text;
using RabbitMQ.Client;

namespace Connections.Hosting.RabbitMq;

/// <summary>A message in an error queue, without its body.</summary>
/// <param name="Queue">The queue that the message failed in. The type of the message has the same name.</param>
/// <param name="Position">The position in the error queue, from 1.</param>
/// <param name="At">When the message was moved to the error queue; null when no header contains the time.</param>
public sealed record FailedMessage(string Queue, int Position, string? Id, string? Correlation, DateTimeOffset? At, string Reason)
{
    private const int MaxTextLength = 300;

    // The headers that the broker adds to a dead-lettered message.
    private static readonly string[] DeathHeaders = ["x-death", "x-first-death", "x-last-death", "x-delivery-count", "x-acquired-count"];

    internal static FailedMessage From(string queue, int position, IReadOnlyBasicProperties properties)
    {
        var death = (Header(properties, "x-death") as IList<object?>)?.FirstOrDefault() as IDictionary<string, object?>;
        var at = DateTimeOffset.TryParse(
            Text(Header(properties, ErrorQueue.FailedAt)), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var noted)
            ? noted
            : death?.TryGetValue("time", out var time) is true && time is AmqpTimestamp died
                ? DateTimeOffset.FromUnixTimeSeconds(died.UnixTime)
                : (DateTimeOffset?)null;
        var reason = Text(Header(properties, ErrorQueue.Reason))
            ?? (death?.TryGetValue("reason", out var cause) is true ? $"the broker's reason: {Text(cause)}" : "no reason was recorded");
        return new FailedMessage(queue, position, Clean(properties.MessageId), Clean(properties.CorrelationId), at, Clean(reason)!);
    }

    /// <summary>The properties for sending the message again: the same id, persistent, and without the failure headers.</summary>
    internal static BasicProperties CreateRetry(IReadOnlyBasicProperties properties)
    {
        var retry = new BasicProperties(properties)
        {
            Persistent = true,
            Headers = properties.Headers?
                .Where(h => h.Key is not (ErrorQueue.Reason or ErrorQueue.FailedAt)
                    && !DeathHeaders.Any(prefix => h.Key.StartsWith(prefix, StringComparison.Ordinal)))
                .ToDictionary(h => h.Key, h => h.Value)
        };
        retry.ClearUserId(); // the broker accepts only the sender's own user name
        return retry;
    }

    private static object? Header(IReadOnlyBasicProperties properties, string name) =>
        properties.Headers?.TryGetValue(name, out var value) is true ? value : null;

    private static string? Text(object? value) => value switch
    {
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        null => null,
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)
    };

    // Other systems write to the bus: their texts must not move the cursor of a terminal.
    private static string? Clean(string? text) => text is null
        ? null
        : string.Concat(text.Take(MaxTextLength).Select(c => char.IsControl(c) ? ' ' : c)) + (text.Length > MaxTextLength ? "…" : "");
}
