using System.Text.Json;
using Connections.Connectors.Catalogue;
using MySqlConnector;

namespace Connections.Connectors.MySql;

/// <summary>One statement, ready to be sent: its text with ? and the values for them.</summary>
/// <param name="Word">Its first word, upper-case.</param>
internal sealed record MySqlStatement(string Text, string Word, IReadOnlyList<JsonElement> Values)
{
    private const string ReadOnly = "Queries of this connection are read-only (see its setting \"Allow writes\"): only SELECT, WITH, SHOW, DESCRIBE, "
        + "EXPLAIN, TABLE and VALUES are taken.";
    private const string Transactions = "Each call is a transaction of its own, so transaction commands are not taken.";
    private const string Session = "Nothing of a session outlives the call, so commands on sessions, settings and cursors are not taken.";
    private const string Files = "Without \"Allow writes\" nothing is written into files of the server.";
    private const string Local = "LOAD DATA LOCAL reads files of this service: that is not taken.";

    /// <summary>Null where it may not be sent; <paramref name="problem"/> then says why.</summary>
    public static MySqlStatement? Parse(JsonElement input, bool allowWrites, out string? problem)
    {
        problem = null;
        if (Json.Text(input.GetProperty("sql")) is not { } sql) return Refuse("The statement is no valid text.", out problem);
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
            : Refuse($"The statement has {scanner.Places} places (?) for values, and {values.Count} are given.", out problem);
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
