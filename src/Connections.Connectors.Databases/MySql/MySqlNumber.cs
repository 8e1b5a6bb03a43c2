namespace Connections.Connectors.MySql;

/// <summary>
/// Finds numbers like the server's lexer. A decimal number or an exponent ends at its last digit, and the next word may follow without a
/// gap: <c>1e1INTO</c> is a number and a word. Digits before any other letter are part of a word: <c>1a</c>, <c>0x41z</c>.
/// </summary>
internal static class MySqlNumber
{
    /// <summary>The length of the number at this position; 0 if there is none.</summary>
    public static int Length(string sql, int start)
    {
        var whole = Digits(sql, start);
        var point = whole < sql.Length && sql[whole] == '.';
        var end = point ? Digits(sql, whole + 1) : whole;
        if (end == start + (point ? 1 : 0) && whole == start) return 0;
        if (Exponent(sql, end) is { } exponent) return exponent - start;
        return point ? end - start : 0;
    }

    private static int? Exponent(string sql, int at)
    {
        if (at >= sql.Length || sql[at] is not ('e' or 'E')) return null;
        var digits = at + 1 < sql.Length && sql[at + 1] is '+' or '-' ? at + 2 : at + 1;
        return Digits(sql, digits) is var end && end > digits ? end : null;
    }

    private static int Digits(string sql, int at)
    {
        while (at < sql.Length && char.IsAsciiDigit(sql[at])) at++;
        return at;
    }
}
