using System.Text;

namespace Connections.Connectors.Postgres;

/// <summary>
/// Scans a statement like PostgreSQL's lexer with standard_conforming_strings on, which each session sets. Handles strings, E'' escapes,
/// continued strings, dollar quotes, quoted names and nested comments.
/// </summary>
/// <param name="rename">The placeholder ($1 …) for <c>:name</c> or <c>@name</c>; null if the name is not a parameter.</param>
internal sealed class SqlScanner(string sql, Func<string, string?> rename)
{
    private readonly StringBuilder seen = new();
    private readonly List<string> words = [];
    private int at;
    private int copied;
    private bool empty = true;

    public string? Problem { get; private set; }

    /// <summary>The first two words of the statement, in upper case.</summary>
    public IReadOnlyList<string> Words => words;

    /// <summary>The statement without final semicolon, with named parameters as $n; null if there is a <see cref="Problem"/>.</summary>
    public string? Scan()
    {
        if (sql.Contains('\0')) return Refuse("The statement contains a NUL character.");
        var end = -1;
        while (at < sql.Length && Problem is null)
        {
            var start = at;
            if (SkipSpaceOrComment()) continue;
            if (sql[at] == ';')
            {
                if (end < 0)
                {
                    seen.Append(sql, copied, at - copied);
                    end = seen.Length;
                }

                at++;
            }
            else if (end >= 0)
            {
                return Refuse("Only one statement may be run at a time.");
            }
            else
            {
                Token();
                if (at == start) at++;
            }
        }

        if (Problem is not null) return null;
        if (end < 0) seen.Append(sql, copied, sql.Length - copied);
        return empty ? Refuse("The statement is empty.") : seen.ToString();
    }

    private void Token()
    {
        var c = sql[at];
        empty = false;
        if (c == '\'') Quoted('\'', escapes: false, "A string is not closed.");
        else if (c == '"') Quoted('"', escapes: false, "A quoted name is not closed.");
        else if (c == '$') Dollar();
        else if (Starts(c)) Word();
        else if (c is ':' or '@') Named();
        else at++;
    }

    private void Word()
    {
        var start = at;
        while (at < sql.Length && Continues(sql[at])) at++;
        var word = sql[start..at];
        if (words.Count < 2) words.Add(word.ToUpperInvariant());
        if (word is "e" or "E" && at < sql.Length && sql[at] == '\'') Quoted('\'', escapes: true, "A string is not closed.");
    }

    private void Quoted(char quote, bool escapes, string open)
    {
        at++;
        while (at < sql.Length)
        {
            if (escapes && sql[at] == '\\') at += 2;
            else if (sql[at] != quote) at++;
            else if (at + 1 < sql.Length && sql[at + 1] == quote) at += 2;
            else
            {
                at++;
                if (!escapes || !Continued()) return;
                at++;
            }
        }

        Refuse(open);
    }

    // Strings separated only by white space with a line break, or comments, form one string of the first one's kind.
    private bool Continued()
    {
        var (back, broken) = (at, false);
        while (at < sql.Length)
        {
            if (Space(sql[at])) broken |= sql[at++] is '\n' or '\r';
            else if (IsAt("--")) SkipLine();
            else break;
        }

        if (broken && at < sql.Length && sql[at] == '\'') return true;
        at = back;
        return false;
    }

    private void Dollar()
    {
        var end = at + 1;
        while (end < sql.Length && Continues(sql[end]) && sql[end] != '$') end++;
        var isQuote = end < sql.Length && sql[end] == '$' && (end == at + 1 || Starts(sql[at + 1]));
        if (!isQuote)
        {
            at++;
            return;
        }

        var tag = sql[at..(end + 1)];
        var close = sql.IndexOf(tag, end + 1, StringComparison.Ordinal);
        if (close < 0) Refuse($"A string that begins with {tag} is not closed.");
        else at = close + tag.Length;
    }

    private void Named()
    {
        var start = at;
        while (at < sql.Length && ":@<>=!~*#&|?+-/%^`".Contains(sql[at]) && !IsAt("--") && !IsAt("/*")) at++;
        if (at - start != 1 || at >= sql.Length || !Starts(sql[at]) || (start > 0 && "<>=!~*#&|?+-%^`".Contains(sql[start - 1]))) return;
        var end = at;
        while (end < sql.Length && Continues(sql[end]) && sql[end] != '$') end++;
        if (rename(sql[at..end]) is not { } place) return;
        seen.Append(sql, copied, start - copied).Append(place);
        copied = at = end;
    }

    private bool SkipSpaceOrComment()
    {
        if (Space(sql[at])) at++;
        else if (IsAt("--")) SkipLine();
        else if (IsAt("/*")) SkipBlock();
        else return false;
        return true;
    }

    private void SkipLine()
    {
        while (at < sql.Length && sql[at] is not ('\n' or '\r')) at++;
    }

    private void SkipBlock()
    {
        var depth = 0;
        while (at < sql.Length)
        {
            if (IsAt("/*")) (depth, at) = (depth + 1, at + 2);
            else if (IsAt("*/")) (depth, at) = (depth - 1, at + 2);
            else at++;
            if (depth == 0) return;
        }

        Refuse("A comment is not closed.");
    }

    private bool IsAt(string text) => string.CompareOrdinal(sql, at, text, 0, text.Length) == 0;

    private string? Refuse(string problem)
    {
        Problem = problem;
        at = sql.Length;
        return null;
    }

    private static bool Space(char c) => c is ' ' or '\t' or '\n' or '\r' or '\f' or '\v';

    private static bool Starts(char c) => char.IsAsciiLetter(c) || c == '_' || c >= 0x80;

    private static bool Continues(char c) => Starts(c) || char.IsAsciiDigit(c) || c == '$';
}
