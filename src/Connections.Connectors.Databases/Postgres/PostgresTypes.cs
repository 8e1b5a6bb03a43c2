using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace Connections.Connectors.Postgres;

/// <summary>
/// Names and JSON forms of result types. Unknown types are looked up at the server. A type without a JSON form stays text.
/// </summary>
internal sealed class PostgresTypes
{
    private const uint FirstUserOid = 16384;

    private static readonly Dictionary<uint, PostgresType> Scalars = new()
    {
        [16] = new("boolean", PostgresForm.Boolean),
        [17] = new("bytea", PostgresForm.Bytes),
        [18] = new("\"char\"", PostgresForm.Text),
        [19] = new("name", PostgresForm.Text),
        [20] = new("bigint", PostgresForm.Number),
        [21] = new("smallint", PostgresForm.Number),
        [23] = new("integer", PostgresForm.Number),
        [25] = new("text", PostgresForm.Text),
        [26] = new("oid", PostgresForm.Number),
        [114] = new("json", PostgresForm.Json),
        [700] = new("real", PostgresForm.Number),
        [701] = new("double precision", PostgresForm.Number),
        [705] = new("unknown", PostgresForm.Text),
        [790] = new("money", PostgresForm.Text),
        [1042] = new("character", PostgresForm.Text),
        [1043] = new("character varying", PostgresForm.Text),
        [1082] = new("date", PostgresForm.Text),
        [1083] = new("time without time zone", PostgresForm.Text),
        [1114] = new("timestamp without time zone", PostgresForm.Timestamp),
        [1184] = new("timestamp with time zone", PostgresForm.Timestamp),
        [1186] = new("interval", PostgresForm.Text),
        [1266] = new("time with time zone", PostgresForm.Text),
        [1700] = new("numeric", PostgresForm.Number),
        [2249] = new("record", PostgresForm.Text),
        [2278] = new("void", PostgresForm.Nothing),
        [2950] = new("uuid", PostgresForm.Text),
        [3802] = new("jsonb", PostgresForm.Json)
    };

    private readonly Dictionary<uint, PostgresType> more;

    private PostgresTypes(Dictionary<uint, PostgresType> more) => this.more = more;

    public static PostgresTypes WellKnown { get; } = new([]);

    public static async Task<PostgresTypes> Load(IEnumerable<uint> oids, PostgresSession session, CancellationToken ct)
    {
        var unknown = oids.Where(oid => !Scalars.ContainsKey(oid)).Distinct().Select(oid => (long)oid).ToArray();
        if (unknown.Length == 0) return WellKnown;
        await using var command = new NpgsqlCommand(
            """
            SELECT t.oid::bigint, format_type(t.oid, NULL),
              CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN coalesce(nullif(e.typbasetype, 0), e.oid)::bigint END, e.typdelim::text
            FROM pg_type t LEFT JOIN pg_type e ON e.oid = t.typelem
            WHERE t.oid::bigint = ANY ($1)
            """,
            session.Connection);
        command.Parameters.Add(new NpgsqlParameter { Value = unknown, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new Dictionary<uint, PostgresType>();
        while (found.Count < unknown.Length && await reader.ReadAsync(ct))
        {
            var element = await reader.IsDBNullAsync(2, ct) ? (uint?)null : (uint)reader.GetInt64(2);
            found[(uint)reader.GetInt64(0)] = new PostgresType(
                reader.GetString(1), element is null ? PostgresForm.Text : PostgresForm.Array, element,
                element is null ? ',' : reader.GetString(3)[0]);
        }

        return new PostgresTypes(found);
    }

    public string Name(uint oid) => Find(oid).Name;

    public void Write(Utf8JsonWriter writer, uint oid, string? text)
    {
        var type = Find(oid);
        if (text is null) writer.WriteNullValue();
        else if (type is { Form: PostgresForm.Array, Element: { } element })
            PostgresArray.Write(writer, text, type.Delimiter, (w, t) => Write(w, element, t));
        else PostgresValue.Write(writer, type.Form, text);
    }

    private PostgresType Find(uint oid) =>
        Scalars.TryGetValue(oid, out var scalar) ? scalar
        : more.TryGetValue(oid, out var other) ? other
        : new PostgresType(oid < FirstUserOid ? $"type {oid}" : "user-defined", PostgresForm.Text);
}

internal sealed record PostgresType(string Name, PostgresForm Form, uint? Element = null, char Delimiter = ',');

internal enum PostgresForm
{
    Text,
    Boolean,
    Number,
    Bytes,
    Json,
    Timestamp,
    Nothing,
    Array
}
