using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Http;
using Connections.Domain;

namespace Connections.Connectors.OneDrive;

/// <summary>The errors of Graph's files (https://learn.microsoft.com/graph/errors).</summary>
internal static class OneDriveErrors
{
    public static ConnectorResult.Failed Judge(ApiResponse response)
    {
        var body = Json.Foreign(response.Text);
        var error = ProviderError.Read(response.Status, body, response.RetryAfter);
        foreach (var code in Codes(Json.Member(body, "error")).Reverse())
            if (Known(error, code) is { } known) return known;
        return error.Status switch
        {
            409 or 412 => error.As(FailureKind.InvalidInput, "The file is in conflict with another change", Delivered.No),
            423 => error.As(FailureKind.Unavailable, "The file is locked", Delivered.No),
            507 => error.As(FailureKind.Forbidden, "The drive has no space left", Delivered.No),
            509 => error.As(FailureKind.Throttled, "OneDrive asks to slow down", Delivered.No),
            _ => error.Standard()
        };
    }

    private static ConnectorResult.Failed? Known(ProviderError error, string code) => code switch
    {
        "nameAlreadyExists" => error.As(
            FailureKind.InvalidInput, "There is another file with this name; set replace, or choose another name", Delivered.No),
        "resourceModified" => error.As(FailureKind.InvalidInput, "The file was changed at the same time; try again", Delivered.No),
        "activityLimitReached" or "throttledRequest" => error.As(FailureKind.Throttled, "OneDrive asks to slow down", Delivered.No),
        "quotaLimitReached" => error.As(FailureKind.Forbidden, "The drive has no space left", Delivered.No),
        "malwareDetected" => error.As(FailureKind.Forbidden, "OneDrive regards the file as harmful", Delivered.No),
        "pathIsTooLong" or "invalidPath" => error.As(FailureKind.InvalidInput, "OneDrive does not allow this name or path", Delivered.No),
        "resyncRequired" =>
            error.As(FailureKind.InvalidInput, "The cursor is no longer valid; list the folder from its beginning", Delivered.No),
        "resourceLocked" or "lockMismatch" => error.As(FailureKind.Unavailable, "The file is locked", Delivered.No),
        _ => null
    };

    // The innermost code is the most exact one.
    private static IEnumerable<string> Codes(JsonElement error)
    {
        for (var depth = 0; depth < 8 && error.ValueKind == JsonValueKind.Object; depth++)
        {
            if (Json.Given(error, "code") is { } code) yield return code;
            error = Json.Member(error, "innerError") is { ValueKind: JsonValueKind.Object } inner ? inner : Json.Member(error, "innererror");
        }
    }
}
