using System.Text.Json;

namespace Connections.Domain;

/// <summary>How a try is written in events and answers: <c>ok</c>, <c>skipped</c>, or a failure kind in camel case.</summary>
public static class Outcome
{
    public const string Ok = "ok";
    public const string Skipped = "skipped";

    public static readonly string ReauthRequired = From(FailureKind.ReauthRequired);
    public static readonly string Unavailable = From(FailureKind.Unavailable);
    public static readonly string Timeout = From(FailureKind.Timeout);

    public static string From(FailureKind kind) => JsonNamingPolicy.CamelCase.ConvertName(kind.ToString());

    /// <summary>What a try says of the way to the provider; null when it says nothing.</summary>
    public static bool? Reachable(string outcome) => outcome switch
    {
        Ok => true,
        _ when outcome == Unavailable || outcome == Timeout => false,
        _ => null
    };
}
