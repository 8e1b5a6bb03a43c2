using System.Globalization;
using System.Text;
using RabbitMQ.Client;

namespace Connections.Hosting.RabbitMq;

/// <summary>A message in an error queue, without its body.</summary>
/// <param name="Queue">Whose error queue: the type of the message has the same name.</param>
/// <param name="At">When it was put there, as far as that was noted.</param>
public sealed record FailedMessage(string Queue, string? Id, string? Correlation, DateTimeOffset? At, string Reason)
{
    private const int LongestReason = 300;

    // what the broker notes of a message's death, and we of its failure
    private static readonly string[] Notes = ["x-death", "x-first-death", "x-last-death", "x-delivery-count", "x-acquired-count"];

    internal static FailedMessage From(string queue, IReadOnlyBasicProperties properties)
    {
        var death = (Header(properties, "x-death") as IList<object?>)?.FirstOrDefault() as IDictionary<string, object?>;
        var at = DateTimeOffset.TryParse(
            Text(Header(properties, ErrorQueue.FailedAt)), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var noted)
            ? noted
            : death?.TryGetValue("time", out var time) is true && time is AmqpTimestamp died
                ? DateTimeOffset.FromUnixTimeSeconds(died.UnixTime)
                : (DateTimeOffset?)null;
        var reason = Text(Header(properties, ErrorQueue.Reason))
            ?? (death?.TryGetValue("reason", out var why) is true ? $"the broker says: {Text(why)}" : "no reason was noted");
        return new FailedMessage(queue, Shown(properties.MessageId), Shown(properties.CorrelationId), at, Shown(reason)!);
    }

    /// <summary>As it was when it was sent first: the same id, persistent, and nothing of its failure.</summary>
    internal static BasicProperties CreateRetry(IReadOnlyBasicProperties properties)
    {
        var anew = new BasicProperties(properties)
        {
            Persistent = true,
            Headers = properties.Headers?
                .Where(h => h.Key is not (ErrorQueue.Reason or ErrorQueue.FailedAt)
                    && !Notes.Any(note => h.Key.StartsWith(note, StringComparison.Ordinal)))
                .ToDictionary(h => h.Key, h => h.Value)
        };
        anew.ClearUserId(); // the broker takes no user's name but that of who sends
        return anew;
    }

    private static object? Header(IReadOnlyBasicProperties properties, string name) =>
        properties.Headers?.TryGetValue(name, out var value) is true ? value : null;

    private static string? Text(object? value) => value switch
    {
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        null => null,
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)
    };

    // others may write to the bus: their words are shown, and move no cursor
    private static string? Shown(string? text) => text is null
        ? null
        : string.Concat(text.Take(LongestReason).Select(c => char.IsControl(c) ? ' ' : c)) + (text.Length > LongestReason ? "…" : "");
}
