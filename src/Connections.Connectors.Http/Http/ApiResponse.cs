using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Masking;
using Connections.Connectors.Pipeline;
using Connections.Domain;

namespace Connections.Connectors.Http;

/// <summary>A response that was read completely. Secrets that the API repeats are masked.</summary>
internal sealed record ApiResponse(int Status, string Reason, JsonElement Output, string? Text, bool Own, TimeSpan? RetryAfter)
{
    private const int MaxQuotedLength = 300;

    public static async Task<ApiResponse> Read(
        HttpResponseMessage response, bool own, SecretMask mask, TimeProvider clock, CancellationToken ct)
    {
        var bytes = await ResponseBody.Read(response.Content, ConnectorRunner.OutputLimit, ct);
        var (type, charset) = ResponseBody.MediaType(response.Content.Headers);
        var text = ForeignText.Decode(bytes, charset);
        var isJson = type.EndsWith("/json", StringComparison.OrdinalIgnoreCase) || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
        var bodyType = bytes.Length == 0 ? "none"
            : isJson && text is not null && JsonForms.IsReadable(text) ? "json" : text is not null ? "text" : "base64";
        if (text is not null) text = bodyType == "json" ? mask.MaskJson(text) : mask.Mask(text);
        var output = Json.Object(writer =>
        {
            writer.WriteNumber("status", (int)response.StatusCode);
            writer.WriteStartObject("headers");
            foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
                writer.WriteString(name.ToLowerInvariant(), mask.Mask(ForeignText.Header(string.Join(", ", values))));
            writer.WriteEndObject();
            writer.WritePropertyName("body");
            if (bodyType == "json") writer.WriteRawValue(text!, skipInputValidation: true);
            else if (bodyType == "text") writer.WriteStringValue(text);
            else if (bodyType == "base64") writer.WriteBase64StringValue(mask.Mask(bytes));
            else writer.WriteNullValue();
            writer.WriteString("bodyType", bodyType);
        });
        return new ApiResponse((int)response.StatusCode, mask.Mask(ForeignText.Header(response.ReasonPhrase ?? "")), output, text, own, After(response, clock));
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
