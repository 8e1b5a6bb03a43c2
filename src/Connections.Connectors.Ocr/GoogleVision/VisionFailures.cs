using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Http;
using Connections.Domain;

namespace Connections.Connectors.GoogleVision;

/// <summary>
/// The failures of an answer: by its HTTP status, and by the errors (google.rpc.Status) that an answer with the status 200 may hold.
/// </summary>
internal static class VisionFailures
{
    private const int MaxMessage = 300;

    /// <summary>Null: a success.</summary>
    public static ConnectorResult.Failed? Judge(ApiResponse response)
    {
        if (response.Status == 200) return null;
        var error = Json.Member(Json.Foreign(response.Text), "error");
        return response.Status switch
        {
            400 when Reason(error) is "API_KEY_INVALID" or "API_KEY_EXPIRED" =>
                response.As(FailureKind.ReauthRequired, "Google rejected the API key", Delivered.No),
            403 => response.As(FailureKind.Forbidden, Reason(error) switch
            {
                "SERVICE_DISABLED" => "The Cloud Vision API is not enabled in the project; enable it in the Google Cloud console",
                "BILLING_DISABLED" => "The project has no billing account; Google Vision needs one",
                "API_KEY_SERVICE_BLOCKED" => "The API key may not be used for the Cloud Vision API; change its restrictions",
                "API_KEY_IP_ADDRESS_BLOCKED" => "The API key may not be used from the address of this service; change its restrictions",
                _ => "Google does not allow this with these credentials"
            }, Delivered.No),
            404 => response.As(FailureKind.NotFound, "Google knows no such project or address", Delivered.No),
            413 => response.As(FailureKind.InvalidInput, "The document is larger than Google Vision takes", Delivered.No),
            _ => response.Failure ?? response.As(FailureKind.InvalidInput, "Google Vision rejected the request", Delivered.Yes)
        };
    }

    /// <summary>Null: there is no error in this part of the answer.</summary>
    public static ConnectorResult.Failed? Within(JsonElement part)
    {
        var error = Json.Member(part, "error");
        if (error.ValueKind != JsonValueKind.Object) return null;
        var code = (int)Math.Clamp(Json.Number(error, "code") ?? 0, 0, 1000);
        var (kind, words, delivered) = code switch
        {
            7 => (FailureKind.Forbidden, "Google does not allow this with these credentials", Delivered.Yes),
            8 => (FailureKind.Throttled, "Google limits the number of requests", Delivered.No),
            4 or 10 or 13 or 14 => (FailureKind.Unavailable, "Google Vision could not process the document now", Delivered.Maybe),
            _ => (FailureKind.InvalidInput, "Google Vision cannot read the document", Delivered.Yes)
        };
        return new ConnectorResult.Failed(kind, $"{words} (code {code}){Said(error)}", delivered, Answered: true) { OwnWords = $"{words} (code {code})." };
    }

    private static string Said(JsonElement error) => Json.Given(error, "message") switch
    {
        null => ".",
        { Length: > MaxMessage } text => $": {text[..MaxMessage]}…",
        var text => $": {text}"
    };

    private static string? Reason(JsonElement error) =>
        VisionPage.Items(error, "details").Select(detail => Json.Given(detail, "reason")).FirstOrDefault(reason => reason is not null);
}
