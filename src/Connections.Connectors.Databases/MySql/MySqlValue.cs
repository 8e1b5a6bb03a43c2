using System.Globalization;
using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Databases;
using MySqlConnector;

namespace Connections.Connectors.MySql;

/// <summary>Converts values between JSON and the MySQL protocol.</summary>
internal static class MySqlValue
{
    /// <summary>
    /// A JSON value as a parameter: whole numbers as integers, others as decimals if they fit, objects and lists as JSON text.
    /// </summary>
    public static MySqlParameter Parameter(JsonElement value) => new()
    {
        Value = value.ValueKind switch
        {
            JsonValueKind.Null or JsonValueKind.Undefined => DBNull.Value,
            JsonValueKind.True or JsonValueKind.False => value.GetBoolean(),
            JsonValueKind.Number => value.TryGetUInt64(out var large) && large > long.MaxValue ? large : DatabaseNumber.Parse(value),
            JsonValueKind.Array or JsonValueKind.Object => value.GetRawText(),
            _ => Json.Text(value) ?? ""
        }
    };

    public static void Write(Utf8JsonWriter writer, MySqlDataReader reader, int column, MySqlDbType type)
    {
        if (reader.IsDBNull(column))
        {
            writer.WriteNullValue();
            return;
        }

        switch (type)
        {
            case MySqlDbType.Decimal or MySqlDbType.NewDecimal:
                DatabaseNumber.Write(writer, reader.GetMySqlDecimal(column).ToString());
                break;
            case MySqlDbType.Float:
                DatabaseNumber.Write(writer, reader.GetFloat(column).ToString("R", CultureInfo.InvariantCulture));
                break;
            case MySqlDbType.Double:
                DatabaseNumber.Write(writer, reader.GetDouble(column).ToString("R", CultureInfo.InvariantCulture));
                break;
            case MySqlDbType.Date or MySqlDbType.Newdate:
                writer.WriteStringValue(Date(reader.GetMySqlDateTime(column)));
                break;
            case MySqlDbType.DateTime:
                writer.WriteStringValue(Moment(reader.GetMySqlDateTime(column)));
                break;
            case MySqlDbType.Timestamp: // an instant in the session's time zone, which is UTC
                writer.WriteStringValue(Moment(reader.GetMySqlDateTime(column)) + "Z");
                break;
            case MySqlDbType.Time:
                writer.WriteStringValue(Time(reader.GetTimeSpan(column)));
                break;
            case MySqlDbType.JSON when reader.GetString(column) is var text && JsonForms.IsReadable(text):
                writer.WriteRawValue(text, skipInputValidation: true);
                break;
            default:
                Other(writer, reader.GetValue(column));
                break;
        }
    }

    private static void Other(Utf8JsonWriter writer, object value)
    {
        switch (value)
        {
            case byte[] bytes:
                writer.WriteBase64StringValue(bytes);
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case ReadOnlyMemory<float> vector:
                writer.WriteStartArray();
                foreach (var part in vector.Span) DatabaseNumber.Write(writer, part.ToString("R", CultureInfo.InvariantCulture));
                writer.WriteEndArray();
                break;
            default: // integers of all widths, bits and years
                DatabaseNumber.Write(writer, Convert.ToString(value, CultureInfo.InvariantCulture)!);
                break;
        }
    }

    // MySQL allows dates with zeros, .NET does not.
    private static string Date(MySqlDateTime date) => string.Create(CultureInfo.InvariantCulture, $"{date.Year:0000}-{date.Month:00}-{date.Day:00}");

    private static string Moment(MySqlDateTime at) => string.Create(
        CultureInfo.InvariantCulture, $"{Date(at)}T{at.Hour:00}:{at.Minute:00}:{at.Second:00}{Fraction(at.Microsecond)}");

    private static string Time(TimeSpan time)
    {
        var length = time.Duration();
        var sign = time < TimeSpan.Zero ? "-" : "";
        var fraction = Fraction((int)(length.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond));
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{(int)length.TotalHours:00}:{length.Minutes:00}:{length.Seconds:00}{fraction}");
    }

    private static string Fraction(int microseconds) =>
        microseconds == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $".{microseconds:000000}").TrimEnd('0');
}
