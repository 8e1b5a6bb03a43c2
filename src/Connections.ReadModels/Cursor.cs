using System.Buffers.Text;
using System.Globalization;
using System.Text;
using EventSourcing;

namespace Connections.ReadModels;

/// <summary>The end of a page: the time of its last item, and the item's id to distinguish items with the same time.</summary>
public readonly record struct Cursor(long Ticks, string Id)
{
    /// <summary>The start of lists in descending order.</summary>
    public static readonly Cursor Start = new(long.MaxValue, "");

    /// <summary>The start of lists in ascending order.</summary>
    public static readonly Cursor Before = new(-1, "");

    public override string ToString() => Base64Url.EncodeToString(Encoding.ASCII.GetBytes($"{Ticks.ToString(CultureInfo.InvariantCulture)}~{Id}"));

    /// <exception cref="RejectedException"><c>request.malformed</c></exception>
    public static Cursor Parse(string? text) => Parse(text, Start);

    /// <inheritdoc cref="Parse(string?)"/>
    public static Cursor Parse(string? text, Cursor start)
    {
        if (string.IsNullOrEmpty(text)) return start;
        if (Base64Url.IsValid(text))
        {
            var parts = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(text)).Split('~');
            if (parts.Length == 2 && long.TryParse(parts[0], CultureInfo.InvariantCulture, out var ticks)) return new Cursor(ticks, parts[1]);
        }

        const string Problem = "The cursor is not valid. Use a cursor from a response, or omit it to start at the beginning.";
        throw new RejectedException("request.malformed", Problem) { Errors = [new FieldError("cursor", Problem)] };
    }
}

/// <summary>A page of a list; <paramref name="Next"/> is null on the last page.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

internal static class Page
{
    /// <param name="rows">One row more than the limit if there is a further page.</param>
    public static Page<T> Create<T>(IReadOnlyList<T> rows, int limit, Func<T, Cursor> cursor) => rows.Count <= limit
        ? new Page<T>(rows, null)
        : new Page<T>([.. rows.Take(limit)], cursor(rows[limit - 1]).ToString());
}
