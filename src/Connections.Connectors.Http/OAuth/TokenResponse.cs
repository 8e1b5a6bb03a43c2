using System.Globalization;
using System.Text.Json;
using Connections.Domain;
using Connections.Domain.Token;

namespace Connections.Connectors.OAuth;

/// <summary>What a token endpoint answered.</summary>
public abstract record TokenResponse
{
    public sealed record Granted(Grant Grant) : TokenResponse;

    /// <param name="Message">For people; holds no secret.</param>
    /// <param name="Processed">Whether the provider may have used up what it was sent.</param>
    public sealed record Failed(FailureKind Kind, string Message, Delivered Processed, TimeSpan? RetryAfter = null) : TokenResponse;

    // as good as for ever, and a time that can be reckoned with
    private static readonly TimeSpan Longest = TimeSpan.FromDays(36_500);

    /// <summary>
    /// Reads an answer to its end. Some providers put errors into a 200 (Zoho, Slack), so the body is asked first; HTML from something that
    /// stands before the provider is a passing fault.
    /// </summary>
    /// <param name="asked">A token's life began after that: counted from here it is never believed longer than it lives.</param>
    internal static TokenResponse Read(int status, string? body, TimeSpan? retryAfter, OAuthDefinition definition, DateTimeOffset asked)
    {
        using var document = Parse(body);
        if (document is { RootElement: { ValueKind: JsonValueKind.Object } root })
        {
            if (Text(root, "error") is { } error) return Refused(status, error, root, retryAfter, definition);
            if (status is >= 200 and < 300 && Text(root, "access_token") is { Length: > 0 } access) return Given(root, access, definition, asked);
        }

        return status switch
        {
            429 => new Failed(FailureKind.Throttled, "The provider asks to slow down.", Delivered.No, retryAfter),
            // the provider may have given what we cannot read
            >= 200 and < 300 => new Failed(FailureKind.Unavailable, $"The provider answered {status} without a token.", Delivered.Maybe, retryAfter),
            504 => new Failed(FailureKind.Unavailable, "The provider did not answer its own gateway (504).", Delivered.Maybe, retryAfter),
            _ => new Failed(FailureKind.Unavailable, $"The provider answered {status}.", Delivered.No, retryAfter)
        };
    }

    private static Granted Given(JsonElement root, string access, OAuthDefinition definition, DateTimeOffset asked)
    {
        var lifetime = Seconds(root) is { } seconds and > 0 ? TimeSpan.FromSeconds(Math.Min(seconds, Longest.TotalSeconds)) : definition.DefaultLifetime;
        return new Granted(Grant.Create(access, Text(root, "refresh_token"), asked + lifetime, lifetime, Text(root, "scope")));
    }

    private static Failed Refused(int status, string error, JsonElement root, TimeSpan? retryAfter, OAuthDefinition definition)
    {
        var kind = status == 429 ? FailureKind.Throttled : definition.Meaning(error);
        var said = Text(root, "error_description") is { } description ? $"The provider says {error}: {description}" : $"The provider says {error}.";
        if (definition.Subtypes is { } known && Text(root, known.Member) is { } subtype && known.Advice.TryGetValue(subtype, out var advice))
            said = $"The provider says {error} ({subtype}). {advice}";
        return new Failed(kind, said, Delivered.No, retryAfter);
    }

    // as a number, or as a text where the provider writes it so
    private static double? Seconds(JsonElement root) => root.TryGetProperty("expires_in", out var value) switch
    {
        true when value.ValueKind == JsonValueKind.Number => value.GetDouble(),
        true when value.ValueKind == JsonValueKind.String
            && double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) => seconds,
        _ => null
    };

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonDocument? Parse(string? body)
    {
        try
        {
            return string.IsNullOrWhiteSpace(body) ? null : JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
