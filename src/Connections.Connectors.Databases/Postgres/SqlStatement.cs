using System.Text.Json;
using Connections.Connectors.Catalogue;
using Npgsql;

namespace Connections.Connectors.Postgres;

/// <summary>One validated statement: its text with $1, $2 … and their values.</summary>
internal sealed record SqlStatement(string Text, IReadOnlyList<JsonElement> Values)
{
    private const string Transactions = "Each call is its own transaction, so transaction commands are not allowed.";
    private const string Copy = "COPY is not supported: use SELECT or INSERT.";
    private const string Session = "A session does not outlast the call, so commands on sessions, settings and cursors are not allowed.";

    /// <summary>Null if the statement is rejected; <paramref name="problem"/> then gives the reason.</summary>
    public static SqlStatement? Parse(JsonElement input, out string? problem)
    {
        problem = null;
        if (Json.Text(input.GetProperty("sql")) is not { } sql) return Refuse("The statement is not valid text.", out problem);
        var given = input.TryGetProperty("parameters", out var parameters) ? parameters : default;
        var named = given.ValueKind == JsonValueKind.Object
            ? given.EnumerateObject().DistinctBy(p => p.Name).ToDictionary(p => p.Name, p => p.Value)
            : [];
        var used = new List<string>();

        var scanner = new SqlScanner(sql, Place);
        if (scanner.Scan() is not { } text) return Refuse(scanner.Problem!, out problem);
        if (scanner.Words is [var first, ..] && Objection(first) is { } why) return Refuse(why, out problem);
        if (named.Keys.Except(used).FirstOrDefault() is { } unused) return Refuse($"The statement has no parameter :{unused}.", out problem);
        return new SqlStatement(
            text, given.ValueKind == JsonValueKind.Array ? [.. given.EnumerateArray()] : [.. used.Select(name => named[name])]);

        string? Place(string name)
        {
            if (!named.ContainsKey(name)) return null;
            if (!used.Contains(name)) used.Add(name);
            return $"${used.IndexOf(name) + 1}";
        }
    }

    public void Fill(NpgsqlCommand command)
    {
        command.CommandText = Text;
        foreach (var value in Values) command.Parameters.Add(PostgresParameter.Create(value));
    }

    private static string? Objection(string firstWord) => firstWord switch
    {
        "BEGIN" or "START" or "COMMIT" or "END" or "ROLLBACK" or "ABORT" or "SAVEPOINT" or "RELEASE" => Transactions,
        "PREPARE" or "EXECUTE" or "DEALLOCATE" or "SET" or "RESET" or "DISCARD" or "LISTEN" or "UNLISTEN" or "DECLARE" or "FETCH" or "MOVE"
            or "CLOSE" or "LOAD" => Session,
        "COPY" => Copy,
        _ => null
    };

    private static SqlStatement? Refuse(string why, out string? problem)
    {
        problem = why;
        return null;
    }
}
