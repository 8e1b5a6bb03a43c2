using EventSourcing;

namespace Connections.Api.Endpoints;

internal static class Paging
{
    private const int Usual = 100;
    private const int Most = 1_000;

    public static int Limit(int? wanted) => wanted switch
    {
        null => Usual,
        >= 1 and <= Most => wanted.Value,
        _ => throw Malformed("limit", $"From 1 to {Most}.")
    };

    /// <summary>A filter that takes certain values only.</summary>
    public static string? OneOf<TValue>(string field, string? wanted)
        where TValue : struct, Enum
    {
        if (wanted is null) return null;
        var known = Enum.GetNames<TValue>().Select(System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName).ToArray();
        return known.Contains(wanted) ? wanted : throw Malformed(field, $"One of {string.Join(", ", known)}.");
    }

    public static RejectedException Malformed(string field, string message) =>
        new("request.malformed", $"{field}: {message}") { Errors = [new FieldError(field, message)] };
}
