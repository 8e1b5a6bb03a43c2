using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace Connections.Connectors.SqlServer;

/// <summary>Parses T-SQL. The parser calls itself for each level of nesting, so nesting and length are bounded first.</summary>
internal static class SqlScript
{
    public const int MaxTokens = 20_000;
    public const int MaxDepth = 100;
    public const int MaxJoinDepth = 10;

    private const string LineEnds = "\u0085\u2028\u2029";
    private const int StackBytes = 128 * 1024 * 1024;

    /// <summary>Runs the lexer, the parser or a visitor, which call themselves, on a thread with a large stack.</summary>
    /// <returns>A problem if the work fails: the parser throws at some statements.</returns>
    public static (T? Result, string? Problem) OnLargeStack<T>(Func<(T? Result, string? Problem)> work) where T : class
    {
        (T?, string?) done = (null, "The statement cannot be read: the parser fails. Write it in another way.");
        var thread = new Thread(Guarded, StackBytes) { IsBackground = true };
        thread.Start();
        thread.Join();
        return done;

        void Guarded()
        {
            try
            {
                done = work();
            }
            catch (Exception) // on a thread of its own, it would end the process
            {
                // The problem is set.
            }
        }
    }

    /// <summary>The tokens without white space and comments; null if the text is too complex.</summary>
    /// <param name="strict">Whether to reject signs that a server may read in another way than the lexer.</param>
    public static IReadOnlyList<TSqlParserToken>? Tokens(string sql, bool strict, out string? problem)
    {
        using var reader = new StringReader(sql);
        var stream = Parser().GetTokenStream(reader, out var errors);
        var tokens = stream
            .Where(t => t.TokenType is not (TSqlTokenType.WhiteSpace or TSqlTokenType.SingleLineComment or TSqlTokenType.MultilineComment
                or TSqlTokenType.EndOfFile)).ToList();
        problem = errors.Count > 0 ? Explain(errors[0])
            : tokens.Count > MaxTokens ? $"The statement has more than {MaxTokens} words and signs."
            : TooDeep(tokens) ? $"The statement is nested deeper than {MaxDepth} levels, or its joins deeper than {MaxJoinDepth}."
            : tokens.Count == 0 ? "The statement is empty."
            : strict ? stream.Select(Ambiguous).FirstOrDefault(found => found is not null)
            : null;
        return problem is null ? tokens : null;
    }

    /// <param name="check">Returns the objection to the only statement of the text.</param>
    public static string? Check(string sql, Func<TSqlStatement, string?> check) => Only(sql, out var statement) ?? check(statement!);

    private static string? Only(string sql, out TSqlStatement? statement)
    {
        statement = null;
        using var reader = new StringReader(sql);
        var script = Parser().Parse(reader, out var errors) as TSqlScript;
        if (errors.Count > 0) return Explain(errors[0]);
        var statements = script?.Batches.SelectMany(b => b.Statements).Take(2).ToList() ?? [];
        if (statements.Count != 1 || script!.Batches.Count != 1) return statements.Count == 0
            ? "The statement is empty."
            : "Only one statement may be run at a time.";
        // The programs of SQL Server end a batch at GO. The server does not know it, and would read on.
        if (script.ScriptTokenStream.Any(t => t.TokenType == TSqlTokenType.Go))
            return "GO is a command of other programs: send one statement without it.";
        statement = statements[0];
        return null;
    }

    private static TSql180Parser Parser() => new(initialQuotedIdentifiers: true);

    // The parser needs twice the time for each level of joins in parentheses, so these have a limit of their own.
    private static bool TooDeep(List<TSqlParserToken> tokens)
    {
        var open = new Stack<bool>();
        for (var i = 0; i < tokens.Count; i++)
        {
            switch (tokens[i].TokenType)
            {
                case TSqlTokenType.LeftParenthesis:
                    open.Push(i + 1 < tokens.Count && i > 0 && Joins(tokens[i - 1], open) && !Queries(tokens[i + 1]));
                    break;
                case TSqlTokenType.Case or TSqlTokenType.Begin:
                    open.Push(false);
                    break;
                case TSqlTokenType.RightParenthesis or TSqlTokenType.End:
                    open.TryPop(out _);
                    break;
            }

            if (open.Count > MaxDepth || (open.Count > MaxJoinDepth && open.Count(join => join) > MaxJoinDepth)) return true;
        }

        return false;
    }

    private static bool Joins(TSqlParserToken before, Stack<bool> open) =>
        before.TokenType is TSqlTokenType.From or TSqlTokenType.Join or TSqlTokenType.Comma
        || before.Text.Equals("APPLY", StringComparison.OrdinalIgnoreCase)
        || (before.TokenType == TSqlTokenType.LeftParenthesis && open.TryPeek(out var join) && join);

    private static bool Queries(TSqlParserToken next) =>
        next.TokenType is TSqlTokenType.Select or TSqlTokenType.With or TSqlTokenType.Values;

    // The lexer takes each character above 0x7F for a letter. For a server it may be a space or the end of a line.
    private static string? Ambiguous(TSqlParserToken token)
    {
        var found = token.TokenType switch
        {
            TSqlTokenType.AsciiStringLiteral or TSqlTokenType.UnicodeStringLiteral or TSqlTokenType.QuotedIdentifier
                or TSqlTokenType.AsciiStringOrQuotedIdentifier => -1,
            TSqlTokenType.SingleLineComment or TSqlTokenType.MultilineComment => token.Text.AsSpan().IndexOfAny(LineEnds),
            _ => token.Text?.ToList().FindIndex(c => c > '\x7F' && !char.IsLetterOrDigit(c)) ?? -1
        };
        return found < 0 ? null
            : $"The statement contains the character U+{(int)token.Text![found]:X4} outside of texts and quoted names: remove it.";
    }

    private static string Explain(ParseError error) =>
        $"The statement cannot be read: {error.Message.TrimEnd('.')} (line {error.Line}, column {error.Column}).";
}
