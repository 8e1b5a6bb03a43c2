using System.Buffers.Text;
using System.Globalization;
using System.Text;
using EventSourcing;

namespace Connections.ReadModels;

/// <summary>Where a page of a list ended: the time of its last item, and its id for items of one time.</summary>
public readonly record struct Cursor(long Ticks, string Id)
{
    public static readonly Cursor Start = new(long.MaxValue, "");

    public override string ToString() => Base64Url.EncodeToString(Encoding.ASCII.GetBytes($"{Ticks.ToString(CultureInfo.InvariantCulture)}~{Id}"));

    /// <exception cref="RejectedException"><c>request.malformed</c></exception>
    public static Cursor Parse(string? text)
    {
        if (string.IsNullOrEmpty(text)) return Start;
        try
        {
            var parts = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(text)).Split('~');
            if (parts.Length == 2) return new Cursor(long.Parse(parts[0], CultureInfo.InvariantCulture), parts[1]);
        }
        catch (FormatException)
        {
        }

        const string Problem = "The cursor is not one that this service gave; leave it out to begin at the start.";
        throw new RejectedException("request.malformed", Problem) { Errors = [new FieldError("cursor", Problem)] };
    }
}

/// <summary>A page of a list; <paramref name="Next"/> is null on the last.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

internal static class Page
{
    /// <param name="rows">One more than was asked for, if there is more.</param>
    public static Page<T> Of<T>(IReadOnlyList<T> rows, int limit, Func<T, Cursor> cursor) => rows.Count <= limit
        ? new Page<T>(rows, null)
        : new Page<T>([.. rows.Take(limit)], cursor(rows[limit - 1]).ToString());
}
