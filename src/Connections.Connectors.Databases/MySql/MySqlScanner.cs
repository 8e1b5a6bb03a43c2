using System.Buffers;
using System.Text;

namespace Connections.Connectors.MySql;

/// <summary>
/// Scans a statement like MySQL's lexer with the sql_mode that each session sets (backslash escapes, double quotes for strings). Removes
/// comments, so that no proxy can interpret them differently. Rejects executable comments.
/// </summary>
/// <param name="isParameter">Whether the name in <c>:name</c> or <c>@name</c> is a parameter.</param>
internal sealed class MySqlScanner(string sql, Func<string, bool> isParameter)
{
    private static readonly SearchValues<char> InHints =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 _@(),.=+-");

    private readonly StringBuilder seen = new();
    private readonly List<string> words = [];
    private readonly List<string> names = [];
    private int at;
    private bool empty = true;
    private bool ended;

    public string? Problem { get; private set; }

    /// <summary>The unquoted words of the statement, in upper case.</summary>
    public IReadOnlyList<string> Words => words;

    /// <summary>The name of the parameter at each placeholder, for named parameters.</summary>
    public IReadOnlyList<string> Names => names;

    public int Places { get; private set; }

    /// <summary>
    /// Whether the statement writes a file. A word that only ends with INTO counts too: servers differ in where they end a number.
    /// </summary>
    public bool IntoFile => words.Zip(words.Skip(1)).Any(pair =>
        pair.Second is "OUTFILE" or "DUMPFILE" && pair.First.EndsWith("INTO", StringComparison.Ordinal));

    /// <summary>The statement without comments and final semicolon; null if there is a <see cref="Problem"/>.</summary>
    public string? Scan()
    {
        if (sql.Contains('\0')) return Refuse("The statement contains a NUL character.");
        while (at < sql.Length && Problem is null)
        {
            if (SpaceOrComment()) continue;
            if (sql[at] == ';')
            {
                ended |= !empty;
                at++;
            }
            else if (ended)
            {
                return Refuse("Only one statement may be run at a time.");
            }
            else
            {
                Token();
            }
        }

        return Problem is not null ? null : empty ? Refuse("The statement is empty.") : seen.ToString().Trim();
    }

    private void Token()
    {
        empty = false;
        var c = sql[at];
        if (c is '\'' or '"') Quoted(c, escapes: true, "A string is not closed.");
        else if (c == '`') Quoted(c, escapes: false, "A quoted name is not closed.");
        else if (c == '@' && IsAt("@@")) Take(2);
        else if (c is ':' or '@') Named();
        else if (c == '?') Place();
        else if (MySqlNumber.Length(sql, at) is var number and > 0) Word(at + number);
        else if (IsAt("\\N")) Word(at + 2); // NULL in older servers; the next word may follow at once
        else if (Continues(c)) Word(EndOfWord(at));
        else Take(1);
    }

    private void Word(int end)
    {
        var word = sql[at..end];
        if (word[0] == '$' && word.IndexOf('$', 1) > 0)
        {
            Refuse("Texts in dollar quotes are not allowed: use single quotes.");
            return;
        }

        words.Add(word.ToUpperInvariant());
        Take(word.Length);
    }

    private int EndOfWord(int start)
    {
        var end = start;
        while (end < sql.Length && Continues(sql[end])) end++;
        return end;
    }

    private void Quoted(char quote, bool escapes, string open)
    {
        var start = at++;
        while (at < sql.Length)
        {
            if (escapes && sql[at] == '\\') at += 2;
            else if (sql[at] != quote) at++;
            else if (at + 1 < sql.Length && sql[at + 1] == quote) at += 2;
            else
            {
                at++;
                seen.Append(sql, start, at - start);
                return;
            }
        }

        Refuse(open);
    }

    private void Named()
    {
        var end = EndOfWord(at + 1);
        var name = sql[(at + 1)..end];
        if (name.Length == 0 || !isParameter(name))
        {
            if (name.Length > 0 && sql[at] == '@') Refuse($"There is no parameter @{name}; session variables are not allowed, because they do not outlast the call.");
            else Take(1);
            return;
        }

        names.Add(name);
        Place();
        at = end;
    }

    private void Place()
    {
        Places++;
        seen.Append('?');
        at++;
    }

    private bool SpaceOrComment()
    {
        if (Space(sql[at])) at++;
        else if (sql[at] == '#' || (IsAt("--") && (at + 2 >= sql.Length || sql[at + 2] is <= ' ' or '\u007f'))) SkipLine();
        else if (IsAt("/*")) SkipBlock();
        else return false;
        seen.Append(' ');
        return true;
    }

    private void SkipLine()
    {
        while (at < sql.Length && sql[at] != '\n') at++;
    }

    private void SkipBlock()
    {
        var end = sql.IndexOf("*/", at + 2, StringComparison.Ordinal);
        if (end < 0)
        {
            Refuse("A comment is not closed.");
            return;
        }

        var inside = sql.AsSpan(at + 2, end - at - 2);
        if (inside.StartsWith("!") || inside.StartsWith("M!", StringComparison.OrdinalIgnoreCase))
        {
            Refuse("Executable comments (/*! … */) are not allowed: write their content as plain SQL.");
            return;
        }

        if (inside.StartsWith("+") && !inside.ContainsAnyExcept(InHints)) seen.Append(sql, at, end + 2 - at);
        at = end + 2;
    }

    private void Take(int length)
    {
        seen.Append(sql, at, length);
        at += length;
    }

    private bool IsAt(string text) => string.CompareOrdinal(sql, at, text, 0, text.Length) == 0;

    private string? Refuse(string problem)
    {
        Problem = problem;
        at = sql.Length;
        return null;
    }

    private static bool Space(char c) => c is ' ' or '\t' or '\n' or '\r' or '\f' or '\v';

    private static bool Continues(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '$' || c >= 0x80;
}
