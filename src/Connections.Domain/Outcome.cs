using System.Text.Json;

namespace Connections.Domain;

/// <summary>Outcomes as written in events and responses: <c>ok</c>, <c>skipped</c>, or a failure kind in camel case.</summary>
public static class Outcome
{
    public const string Ok = "ok";
    public const string Skipped = "skipped";

    public static readonly string ReauthRequired = From(FailureKind.ReauthRequired);
    public static readonly string Unavailable = From(FailureKind.Unavailable);
    public static readonly string Timeout = From(FailureKind.Timeout);

    public static string From(FailureKind kind) => JsonNamingPolicy.CamelCase.ConvertName(kind.ToString());

    /// <summary>Whether the provider could be reached; null when the outcome does not show it.</summary>
    public static bool? Reachable(string outcome) => outcome switch
    {
        Ok => true,
        _ when outcome == Unavailable || outcome == Timeout => false,
        _ => null
    };
}
