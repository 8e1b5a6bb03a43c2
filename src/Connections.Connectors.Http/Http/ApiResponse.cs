using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Masking;
using Connections.Connectors.Pipeline;
using Connections.Domain;

namespace Connections.Connectors.Http;

/// <summary>A response that was read completely. Secrets that the API repeats are masked.</summary>
/// <param name="BodyType"><c>json</c>, <c>text</c>, <c>base64</c> or <c>none</c>.</param>
/// <param name="Text">The body of type <c>json</c> or <c>text</c>.</param>
internal sealed record ApiResponse(
    int Status, string Reason, IReadOnlyList<KeyValuePair<string, string>> Headers, string BodyType, string? Text, byte[] Bytes, bool Own,
    TimeSpan? RetryAfter)
{
    private const int MaxQuotedLength = 300;

    /// <summary>Status, headers and body as JSON.</summary>
    public JsonElement Output => Json.Object(writer =>
    {
        writer.WriteNumber("status", Status);
        writer.WriteStartObject("headers");
        foreach (var (name, value) in Headers) writer.WriteString(name, value);
        writer.WriteEndObject();
        writer.WritePropertyName("body");
        if (BodyType == "json") writer.WriteRawValue(Text!, skipInputValidation: true);
        else if (BodyType == "text") writer.WriteStringValue(Text);
        else if (BodyType == "base64") writer.WriteBase64StringValue(Bytes);
        else writer.WriteNullValue();
        writer.WriteString("bodyType", BodyType);
    });

    /// <summary>Status and headers of a response whose body is not read.</summary>
    public static ApiResponse Head(HttpResponseMessage response, bool own, SecretMask mask, TimeProvider clock) => new(
        (int)response.StatusCode, mask.Mask(ForeignText.Header(response.ReasonPhrase ?? "")), Masked(response, mask), "none", null, [], own,
        After(response, clock));

    public static async Task<ApiResponse> Read(
        HttpResponseMessage response, bool own, SecretMask mask, TimeProvider clock, CancellationToken ct,
        int limit = ConnectorRunner.OutputLimit)
    {
        var bytes = await ResponseBody.Read(response.Content, limit, ct);
        var (type, charset) = ResponseBody.MediaType(response.Content.Headers);
        var text = ForeignText.Decode(bytes, charset);
        var isJson = type.EndsWith("/json", StringComparison.OrdinalIgnoreCase) || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
        var bodyType = bytes.Length == 0 ? "none"
            : isJson && text is not null && JsonForms.IsReadable(text) ? "json" : text is not null ? "text" : "base64";
        if (text is not null) text = bodyType == "json" ? mask.MaskJson(text) : mask.Mask(text);
        return Head(response, own, mask, clock) with { BodyType = bodyType, Text = text, Bytes = bodyType == "base64" ? mask.Mask(bytes) : [] };
    }

    /// <summary>The failure for statuses that the service handles. All other statuses are results, which the workflow evaluates.</summary>
    public ConnectorResult.Failed? Failure => Status switch
    {
        401 when Own => As(FailureKind.ReauthRequired, "The API rejected the credentials", Delivered.No),
        403 when Own => As(FailureKind.Forbidden, "The credentials do not allow this", Delivered.Yes),
        429 => As(FailureKind.Throttled, "The API limits the request rate", Delivered.No),
        503 when RetryAfter is not null => As(FailureKind.Throttled, "The API asks to retry later", Delivered.No),
        >= 500 => As(FailureKind.Unavailable, "The API failed", Delivered.Maybe),
        _ => null
    };

    public ConnectorResult.Failed As(FailureKind kind, string what, Delivered delivered) => new(
        kind, $"{what}: {Describe()}", delivered, kind == FailureKind.Throttled ? RetryAfter : null, Answered: true)
    {
        OwnWords = $"{what} ({Status})."
    };

    private static List<KeyValuePair<string, string>> Masked(HttpResponseMessage response, SecretMask mask) =>
        [.. response.Headers.Concat(response.Content.Headers)
            .Select(h => KeyValuePair.Create(h.Key.ToLowerInvariant(), mask.Mask(ForeignText.Header(string.Join(", ", h.Value)))))];

    private string Describe()
    {
        var words = string.IsNullOrWhiteSpace(Text) ? "" : $" {string.Join(' ', Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))}";
        return $"{Status} {Reason}.{(words.Length <= MaxQuotedLength ? words : words[..MaxQuotedLength] + "…")}";
    }

    public static TimeSpan? After(HttpResponseMessage response, TimeProvider clock)
    {
        if (response.Headers.RetryAfter is not { } after) return null;
        var wait = after.Delta ?? after.Date - clock.GetUtcNow();
        return wait is { } time && time > TimeSpan.Zero ? time : TimeSpan.Zero;
    }
}
