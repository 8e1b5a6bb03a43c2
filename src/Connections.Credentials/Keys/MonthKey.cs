using System.Globalization;

namespace Connections.Credentials.Keys;

/// <summary>
/// Names a key of a month: <c>2026-11</c>, or <c>2026-11.2</c> for the key that is used after the first one was destroyed. Text order puts
/// every key of a month before the next month.
/// </summary>
internal readonly record struct MonthKey(string Month, int Number) : IComparable<MonthKey>
{
    private const int MonthLength = 7;

    public static MonthKey First(DateTimeOffset at) => new(at.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture), 1);

    /// <summary>Null for a text that is no such name.</summary>
    public static MonthKey? Parse(string name)
    {
        if (name.Length < MonthLength || !IsMonth(name.AsSpan(0, MonthLength))) return null;
        var number = 1;
        if (name.Length > MonthLength + 1
            && !int.TryParse(name.AsSpan(MonthLength + 1), NumberStyles.None, CultureInfo.InvariantCulture, out number)) return null;
        var key = new MonthKey(name[..MonthLength], number);
        return key.ToString() == name ? key : null;
    }

    public int CompareTo(MonthKey other) =>
        string.CompareOrdinal(Month, other.Month) is not 0 and var order ? order : Number.CompareTo(other.Number);

    public override string ToString() => Number == 1 ? Month : string.Create(CultureInfo.InvariantCulture, $"{Month}.{Number}");

    private static bool IsMonth(ReadOnlySpan<char> text) =>
        text[4] == '-'
        && !text[..4].ContainsAnyExceptInRange('0', '9')
        && int.TryParse(text[5..], NumberStyles.None, CultureInfo.InvariantCulture, out var month)
        && month is >= 1 and <= 12;
}
