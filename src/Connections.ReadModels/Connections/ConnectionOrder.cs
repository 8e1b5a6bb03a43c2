using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Dapper;
using EventSourcing;

namespace Connections.ReadModels.Connections;

/// <summary>An order of the list of connections. Its cursor holds the order, and the values of the last row on the page.</summary>
/// <param name="Number">The number by which rows are ordered first.</param>
/// <param name="Text">The text by which rows with the same number are ordered.</param>
/// <param name="ByText">All rows of the list have the same number, so that the text alone orders them.</param>
internal sealed record ConnectionOrder(string Name, string Number, string Text, bool Descending, bool ByText = false)
{
    /// <summary>The number of a connection without a known end in the order by end.</summary>
    public const long Never = long.MaxValue;

    private const string Ends = "expires";

    private static readonly ConnectionOrder[] All =
    [
        new("created", "c.created_at", "''", Descending: true),
        new("attention", "c.attention", "c.name_key", Descending: false),
        new("name", "0", "c.name_key", Descending: false, ByText: true),
        new("lastConnected", "c.last_connected_at", "''", Descending: true),
        new(Ends, $"COALESCE(g.expires_at, {Never})", "''", Descending: false)
    ];

    internal const string EndingAfter = "AND g.expires_at >= @Number AND (g.expires_at > @Number OR c.id > @AfterId)";
    internal const string EndlessAfter = "AND c.id > @AfterId";

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(o => o.Name)];

    public bool IsByEnd => Name == Ends;

    public string Sql => (ByText, Text, Descending) switch
    {
        (true, _, _) => $"{Text}, c.id",
        (_, "''", true) => $"{Number} DESC, c.id",
        (_, "''", _) => $"{Number}, c.id",
        _ => $"{Number}, {Text}, c.id"
    };

    /// <param name="ofStatus">All rows have the same status, so that the order by attention is that by name.</param>
    /// <exception cref="RejectedException"><c>request.malformed</c></exception>
    public static ConnectionOrder From(string? name, bool ofStatus = false) => name is null ? All[0]
        : All.FirstOrDefault(o => o.Name == name) is not { } found ? throw Malformed("sort", $"Must be one of {string.Join(", ", Names)}.")
        : ofStatus && found.Text == "c.name_key" ? found with { ByText = true }
        : found;

    public string Cursor(long number, string text, Guid id) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{Name}~{number.ToString(CultureInfo.InvariantCulture)}~{id}~{text}"));

    /// <summary>The condition for the rows after the cursor, with its parameters; empty for the first page.</summary>
    /// <exception cref="RejectedException"><c>request.malformed</c></exception>
    public string After(string? cursor, DynamicParameters parameters)
    {
        if (string.IsNullOrEmpty(cursor)) return "";
        if (Read(cursor) is not var (number, id, text))
            throw Malformed("cursor", "The cursor is not valid. Use a cursor from a response with the same order, or omit it to start at the beginning.");
        parameters.Add("Number", number);
        parameters.Add("AfterId", id);
        parameters.Add("AfterText", StoredText.Clean(text));
        if (IsByEnd) return number == Never ? EndlessAfter : EndingAfter;
        // In forms for which a database starts in the index at the cursor.
        return (ByText, Text) switch
        {
            (true, _) => $"AND ({Text}, c.id) > (@AfterText, @AfterId)",
            (_, "''") => $"AND {Number} <= @Number AND ({Number} < @Number OR c.id > @AfterId)",
            _ => $"AND ({Number}, {Text}, c.id) > (@Number, @AfterText, @AfterId)"
        };
    }

    private (long Number, string Id, string Text)? Read(string cursor)
    {
        if (!Base64Url.IsValid(cursor)) return null;
        var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)).Split('~', 4);
        return parts.Length == 4 && parts[0] == Name && Guid.TryParse(parts[2], out _) && long.TryParse(parts[1], CultureInfo.InvariantCulture, out var number)
            ? (number, parts[2], parts[3])
            : null;
    }

    private static RejectedException Malformed(string field, string message) =>
        new("request.malformed", $"{field}: {message}") { Errors = [new FieldError(field, message)] };
}
