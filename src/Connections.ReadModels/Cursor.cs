using System.Buffers.Text;
using System.Globalization;
using System.Text;
using EventSourcing;

namespace Connections.ReadModels;

/// <summary>Where a page of a list ended: the time of its last item, and its id for items of one time.</summary>
public readonly record struct Cursor(long Ticks, string Id)
{
    /// <summary>Where lists begin that show the newest first.</summary>
    public static readonly Cursor Start = new(long.MaxValue, "");

    /// <summary>Where lists begin that show the oldest first.</summary>
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

        const string Problem = "The cursor is not one that this service gave; leave it out to begin at the start.";
        throw new RejectedException("request.malformed", Problem) { Errors = [new FieldError("cursor", Problem)] };
    }
}

/// <summary>A page of a list; <paramref name="Next"/> is null on the last.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

internal static class Page
{
    /// <param name="rows">One more than was asked for, if there is more.</param>
    public static Page<T> Create<T>(IReadOnlyList<T> rows, int limit, Func<T, Cursor> cursor) => rows.Count <= limit
        ? new Page<T>(rows, null)
        : new Page<T>([.. rows.Take(limit)], cursor(rows[limit - 1]).ToString());
}
