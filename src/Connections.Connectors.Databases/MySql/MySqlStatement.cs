using System.Text.Json;
using Connections.Connectors.Catalogue;
using MySqlConnector;

namespace Connections.Connectors.MySql;

/// <summary>One validated statement: its text with ? placeholders and their values.</summary>
/// <param name="Word">The first word, in upper case.</param>
/// <param name="Objection">
/// Why the statement must not run; null if it may. It begins with a word that no known statement begins with: the server can name the error.
/// </param>
internal sealed record MySqlStatement(string Text, string Word, IReadOnlyList<JsonElement> Values, string? Objection = null)
{
    private const string ReadOnly = "Queries of this connection are read-only (see its setting \"Allow writes\"): only SELECT, WITH, SHOW, DESCRIBE, "
        + "EXPLAIN, TABLE and VALUES are allowed.";
    private const string Transactions = "Each call is its own transaction, so transaction commands are not allowed.";
    private const string Session = "A session does not outlast the call, so commands on sessions, settings and cursors are not allowed.";
    private const string Files = "Writing files on the server requires the setting \"Allow writes\".";
    private const string Delimiter = "DELIMITER is a command of the mysql program, which the server does not know: send one statement without it.";
    private const string Local = "LOAD DATA LOCAL is not allowed, because it reads files of this service.";

    private static readonly HashSet<string> Statements = new(StringComparer.Ordinal)
    {
        "ALTER", "ANALYZE", "BACKUP", "BINLOG", "CACHE", "CALL", "CHANGE", "CHECK", "CHECKSUM", "CLONE", "CREATE", "DELETE", "DO", "DROP", "FLUSH", "GET",
        "GRANT", "HELP", "IMPORT", "INSERT", "INSTALL", "KILL", "LOAD", "OPTIMIZE", "PURGE", "RENAME", "REPAIR", "REPLACE", "RESIGNAL", "RESTART", "REVOKE",
        "SHUTDOWN", "SIGNAL", "STOP", "TRUNCATE", "UNINSTALL", "UPDATE"
    };

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
        var objection = Check(word, scanner, allowWrites);
        if (objection is not null && (objection != ReadOnly || Statements.Contains(word))) return Refuse(objection, out problem);
        if (named?.Keys.Except(scanner.Names).FirstOrDefault() is { } unused) return Refuse($"The statement has no parameter :{unused}.", out problem);

        List<JsonElement> values =
            given.ValueKind == JsonValueKind.Array ? [.. given.EnumerateArray()] : [.. scanner.Names.Select(name => named![name])];
        return values.Count == scanner.Places
            ? new MySqlStatement(text, word, values, objection)
            : Refuse($"The statement has {scanner.Places} placeholders (?), but {values.Count} values are given.", out problem);
    }

    public void Fill(MySqlCommand command)
    {
        foreach (var value in Values) command.Parameters.Add(MySqlValue.Parameter(value));
    }

    private static string? Check(string word, MySqlScanner scanner, bool allowWrites) => word switch
    {
        "BEGIN" or "START" or "COMMIT" or "ROLLBACK" or "SAVEPOINT" or "RELEASE" or "XA" => Transactions,
        "PREPARE" or "EXECUTE" or "DEALLOCATE" or "SET" or "USE" or "LOCK" or "UNLOCK" or "HANDLER" or "RESET" => Session,
        "LOAD" when scanner.Words.Contains("LOCAL") => Local,
        "DELIMITER" => Delimiter,
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
