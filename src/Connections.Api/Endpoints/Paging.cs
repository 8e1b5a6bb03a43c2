using Connections.Web.Responses;
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

    /// <summary>Reads a filter by the status of connections or activities.</summary>
    public static string? Status<TStatus>(string? requested)
        where TStatus : struct, Enum
    {
        const string Field = "status";
        if (requested is null) return null;
        var allowed = ShownStatuses.For(typeof(TStatus));
        return allowed.Contains(requested) ? requested : throw Malformed(Field, $"Must be one of {string.Join(", ", allowed)}.");
    }

    public static RejectedException Malformed(string field, string message) =>
        new("request.malformed", $"{field}: {message}") { Errors = [new FieldError(field, message)] };
}
