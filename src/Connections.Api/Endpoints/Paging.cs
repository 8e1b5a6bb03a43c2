using EventSourcing;

namespace Connections.Api.Endpoints;

internal static class Paging
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1_000;

    public static int Limit(int? requested) => requested switch
    {
        null => DefaultLimit,
        >= 1 and <= MaxLimit => requested.Value,
        _ => throw Malformed("limit", $"Must be from 1 to {MaxLimit}.")
    };

    /// <summary>Reads a filter whose value must be a member of an enum.</summary>
    public static string? OneOf<TValue>(string field, string? requested)
        where TValue : struct, Enum
    {
        if (requested is null) return null;
        var allowed = Enum.GetNames<TValue>().Select(System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName).ToArray();
        return allowed.Contains(requested) ? requested : throw Malformed(field, $"Must be one of {string.Join(", ", allowed)}.");
    }

    public static RejectedException Malformed(string field, string message) =>
        new("request.malformed", $"{field}: {message}") { Errors = [new FieldError(field, message)] };
}
