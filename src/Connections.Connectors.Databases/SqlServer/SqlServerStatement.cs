using System.Text;
using System.Text.Json;
using Connections.Connectors.Catalogue;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace Connections.Connectors.SqlServer;

/// <summary>One validated statement: its text with @name placeholders and their values.</summary>
/// <param name="OnlyChangesRows">Whether an error undoes all that the statement did.</param>
internal sealed record SqlServerStatement(string Text, IReadOnlyList<KeyValuePair<string, JsonElement>> Values, bool OnlyChangesRows)
{
    private const string Transactions = "Each call is its own transaction, so transaction commands are not allowed.";
    private const string Session = "A session does not outlast the call, so commands on sessions, settings and cursors are not allowed.";

    /// <summary>Null if the statement is rejected; <paramref name="problem"/> then gives the reason.</summary>
    public static SqlServerStatement? Parse(JsonElement input, bool allowWrites, out string? problem)
    {
        if (Json.Text(input.GetProperty("sql")) is not { } sql) return Refuse("The statement is not valid text.", out problem);
        if (sql.Contains('\0')) return Refuse("The statement contains a NUL character.", out problem);
        (var statement, problem) = SqlScript.OnLargeStack(() => (Read(sql, input, allowWrites, out var objection), objection));
        return statement;
    }

    private static SqlServerStatement? Read(string sql, JsonElement input, bool allowWrites, out string? problem)
    {
        if (SqlScript.Tokens(sql, strict: !allowWrites, out problem) is not { } tokens) return null;
        var values = Given(input);
        var text = Named(sql, tokens, values, out var used);
        if (values.Keys.Except(used, StringComparer.OrdinalIgnoreCase).FirstOrDefault() is { } unused)
            return Refuse($"The statement has no parameter @{unused}.", out problem);
        var onlyRows = false;
        problem = SqlScript.Check(text, parsed =>
        {
            onlyRows = RowChanges.Only(parsed);
            return allowWrites ? OneTransaction.Check(parsed) : ReadOnlyRule.Check(parsed);
        });
        return problem is null ? new SqlServerStatement(text, [.. values], onlyRows) : null;
    }

    private static Dictionary<string, JsonElement> Given(JsonElement input)
    {
        var given = input.TryGetProperty("parameters", out var parameters) ? parameters : default;
        return given.ValueKind switch
        {
            JsonValueKind.Object => given.EnumerateObject().DistinctBy(p => p.Name, StringComparer.OrdinalIgnoreCase)
                .ToDictionary(p => p.Name, p => p.Value, StringComparer.OrdinalIgnoreCase),
            JsonValueKind.Array => given.EnumerateArray().Select((value, i) => ($"p{i + 1}", value))
                .ToDictionary(p => p.Item1, p => p.value, StringComparer.OrdinalIgnoreCase),
            _ => new(StringComparer.OrdinalIgnoreCase)
        };
    }

    // :name is the form of the other databases. The server knows @name only.
    private static string Named(string sql, IReadOnlyList<TSqlParserToken> tokens, Dictionary<string, JsonElement> values,
        out HashSet<string> used)
    {
        used = new(StringComparer.OrdinalIgnoreCase);
        var text = new StringBuilder(sql);
        for (var i = 0; i < tokens.Count; i++)
        {
            var (token, next) = (tokens[i], i + 1 < tokens.Count ? tokens[i + 1] : null);
            if (token.TokenType == TSqlTokenType.Variable) used.Add(token.Text[1..]);
            if (token.TokenType != TSqlTokenType.Colon || next is null || next.Offset != token.Offset + 1
                || !values.ContainsKey(next.Text)) continue;
            used.Add(next.Text);
            text[token.Offset] = '@';
        }

        return text.ToString();
    }

    private static SqlServerStatement? Refuse(string why, out string? problem)
    {
        problem = why;
        return null;
    }

    /// <summary>Finds what a rollback may not undo. A procedure may commit by itself, and another server does what it wants.</summary>
    private sealed class RowChanges : TSqlFragmentVisitor
    {
        private bool others;

        public static bool Only(TSqlStatement statement)
        {
            if (statement is not (SelectStatement or InsertStatement or UpdateStatement or DeleteStatement or MergeStatement)) return false;
            var rule = new RowChanges();
            statement.Accept(rule);
            return !rule.others;
        }

        public override void Visit(TSqlFragment fragment) => others |= fragment is ExecuteInsertSource or OpenQueryTableReference
            or OpenRowsetTableReference or AdHocTableReference or SchemaObjectName { ServerIdentifier: not null };
    }

    /// <summary>Rejects what would end the transaction of the call, or outlast it, wherever it stands.</summary>
    private sealed class OneTransaction : TSqlFragmentVisitor
    {
        private string? objection;

        public static string? Check(TSqlStatement statement)
        {
            var rule = new OneTransaction();
            statement.Accept(rule);
            return rule.objection;
        }

        public override void Visit(TSqlFragment fragment) => objection ??= fragment switch
        {
            TransactionStatement => Transactions,
            UseStatement or PredicateSetStatement or SetOnOffStatement or SetCommandStatement or SetTransactionIsolationLevelStatement
                or SetTextSizeStatement or SetErrorLevelStatement or SetRowCountStatement or DeclareCursorStatement or CursorStatement
                or ExecuteAsStatement or RevertStatement => Session,
            _ => null
        };
    }
}
