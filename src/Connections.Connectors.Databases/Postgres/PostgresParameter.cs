using System.Globalization;
using System.Text.Json;
using Connections.Connectors.Catalogue;
using Npgsql;
using NpgsqlTypes;

namespace Connections.Connectors.Postgres;

/// <summary>
/// Converts JSON values to parameters. A text takes the type that its position in the statement requires, like a quoted literal.
/// </summary>
internal static class PostgresParameter
{
    private const int DecimalDigits = 28;

    public static NpgsqlParameter Create(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => Untyped(DBNull.Value),
        JsonValueKind.True or JsonValueKind.False => new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Boolean, Value = value.GetBoolean() },
        JsonValueKind.Number => Number(value),
        JsonValueKind.Array or JsonValueKind.Object => new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Jsonb, Value = value.GetRawText() },
        _ => Untyped(Json.Text(value) ?? "")
    };

    private static NpgsqlParameter Number(JsonElement value)
    {
        var text = value.GetRawText();
        if (value.TryGetInt32(out var small)) return new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Integer, Value = small };
        if (value.TryGetInt64(out var big)) return new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Bigint, Value = big };
        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        return text.Count(char.IsAsciiDigit) <= DecimalDigits && decimal.TryParse(text, style, CultureInfo.InvariantCulture, out var exact)
            ? new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Numeric, Value = exact }
            : Untyped(text);
    }

    private static NpgsqlParameter Untyped(object value) => new() { NpgsqlDbType = NpgsqlDbType.Unknown, Value = value };
}
