using System.Text.Json;
using Connections.Connectors.Catalogue;
using MySqlConnector;

namespace Connections.Connectors.MySql;

/// <summary>One validated statement: its text with ? placeholders and their values.</summary>
/// <param name="Word">The first word, in upper case.</param>
internal sealed record MySqlStatement(string Text, string Word, IReadOnlyList<JsonElement> Values)
{
    private const string ReadOnly = "Queries of this connection are read-only (see its setting \"Allow writes\"): only SELECT, WITH, SHOW, DESCRIBE, "
        + "EXPLAIN, TABLE and VALUES are allowed.";
    private const string Transactions = "Each call is its own transaction, so transaction commands are not allowed.";
    private const string Session = "A session does not outlast the call, so commands on sessions, settings and cursors are not allowed.";
    private const string Files = "Writing files on the server requires the setting \"Allow writes\".";
    private const string Local = "LOAD DATA LOCAL is not allowed, because it reads files of this service.";

    /// <summary>Null if the statement is rejected; <paramref name="problem"/> then gives the reason.</summary>
    public static MySqlStatement? Parse(JsonElement input, bool allowWrites, out string? problem)
    {
        problem = null;
        if (Json.Text(input.GetProperty("sql")) is not { } sql) return Refuse("The statement is not valid text.", out problem);
        var given = input.TryGetProperty("parameters", out var parameters) ? parameters : default;
        var named = given.ValueKind == JsonValueKind.Object
            ? given.EnumerateObject().DistinctBy(p => p.Name).ToDictionary(p => p.Name, p => p.Value)
            : null;
        var scanner = new MySqlScanner(sql, name => named?.ContainsKey(name) == true);
        if (scanner.Scan() is not { } text) return Refuse(scanner.Problem!, out problem);
        var word = scanner.Words is [var first, ..] ? first : "";
        if (Objection(word, scanner, allowWrites) is { } why) return Refuse(why, out problem);
        if (named?.Keys.Except(scanner.Names).FirstOrDefault() is { } unused) return Refuse($"The statement has no parameter :{unused}.", out problem);

        List<JsonElement> values =
            given.ValueKind == JsonValueKind.Array ? [.. given.EnumerateArray()] : [.. scanner.Names.Select(name => named![name])];
        return values.Count == scanner.Places
            ? new MySqlStatement(text, word, values)
            : Refuse($"The statement has {scanner.Places} placeholders (?), but {values.Count} values are given.", out problem);
    }

    public void Fill(MySqlCommand command)
    {
        foreach (var value in Values) command.Parameters.Add(MySqlValue.Parameter(value));
    }

    private static string? Objection(string word, MySqlScanner scanner, bool allowWrites) => word switch
    {
        "BEGIN" or "START" or "COMMIT" or "ROLLBACK" or "SAVEPOINT" or "RELEASE" or "XA" => Transactions,
        "PREPARE" or "EXECUTE" or "DEALLOCATE" or "SET" or "USE" or "LOCK" or "UNLOCK" or "HANDLER" or "RESET" => Session,
        "LOAD" when scanner.Words.Contains("LOCAL") => Local,
        _ when allowWrites => null,
        "SELECT" or "WITH" or "SHOW" or "DESCRIBE" or "DESC" or "EXPLAIN" or "TABLE" or "VALUES" => scanner.IntoFile ? Files : null,
        _ => ReadOnly
    };

    private static MySqlStatement? Refuse(string why, out string? problem)
    {
        problem = why;
        return null;
    }
}
