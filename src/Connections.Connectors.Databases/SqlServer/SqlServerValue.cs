using System.Data;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Xml;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Databases;
using Connections.Connectors.Pipeline;
using Microsoft.Data.SqlClient;

namespace Connections.Connectors.SqlServer;

/// <summary>Converts values between JSON and SQL Server.</summary>
internal static class SqlServerValue
{
    private const int PartLength = 4_096;
    private const int ShortLength = 128;

    private static readonly XmlWriterSettings Fragment = new()
    {
        ConformanceLevel = ConformanceLevel.Fragment,
        OmitXmlDeclaration = true,
        CheckCharacters = false
    };

    // A value of these has at most 255 bytes.
    private static readonly HashSet<string> Short =
    [
        "tinyint", "smallint", "int", "bigint", "real", "float", "money", "smallmoney", "datetime", "smalldatetime", "datetime2",
        "datetimeoffset", "time", "uniqueidentifier", "bit", "decimal", "numeric", "date"
    ];

    // Values of these are read in parts.
    private static readonly HashSet<string> Long =
        ["char", "varchar", "nchar", "nvarchar", "xml", "binary", "varbinary", "timestamp", "rowversion"];

    /// <summary>The type name as used in a table definition.</summary>
    public static string TypeName(string name) => name[(name.LastIndexOf('.') + 1)..];

    /// <summary>
    /// A JSON value as a parameter: whole numbers as integers, others as decimals if they fit, objects and lists as JSON text.
    /// </summary>
    public static SqlParameter Parameter(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => new SqlParameter(name, SqlDbType.NVarChar, 4_000) { Value = DBNull.Value },
        JsonValueKind.True or JsonValueKind.False => new SqlParameter(name, value.GetBoolean()),
        JsonValueKind.Number => new SqlParameter(name, DatabaseNumber.Parse(value)),
        JsonValueKind.Array or JsonValueKind.Object => Text(name, value.GetRawText()),
        _ => Text(name, Json.Text(value) ?? "")
    };

    /// <summary>
    /// Whether a value of the type is read without reserving memory for what the server announces. The library reads the other types as a
    /// whole. A type with its schema is one that is written in .NET.
    /// </summary>
    public static bool CanRead(string type) => Short.Contains(type) || Long.Contains(type) || type.Contains('.', StringComparison.Ordinal);

    /// <summary>A text of at most 128 characters; an empty one if the value is longer or no text.</summary>
    public static string ShortText(SqlDataReader reader, int column)
    {
        if (reader.GetDataTypeName(column) is not ("varchar" or "nvarchar") || reader.IsDBNull(column)) return "";
        return Text(reader, column, ShortLength, ShortLength) ?? "";
    }

    /// <summary>Writes a value. The values of a row are read in their order, long ones in parts.</summary>
    /// <returns>False if the value is too large for an output.</returns>
    public static bool Write(Utf8JsonWriter writer, SqlDataReader reader, int column, string type)
    {
        if (reader.IsDBNull(column))
        {
            writer.WriteNullValue();
            return true;
        }

        switch (type)
        {
            case "bit":
                writer.WriteBooleanValue(reader.GetBoolean(column));
                break;
            case "decimal" or "numeric":
                DatabaseNumber.Write(writer, reader.GetSqlDecimal(column).ToString());
                break;
            case "date":
                writer.WriteStringValue(reader.GetDateTime(column).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
                break;
            case "char" or "varchar" or "nchar" or "nvarchar":
                return LongText(writer, reader, column);
            case "xml":
                return Markup(writer, reader, column);
            default:
                if (!Short.Contains(type)) return LongBytes(writer, reader, column);
                Other(writer, reader.GetValue(column));
                break;
        }

        return true;
    }

    private static void Other(Utf8JsonWriter writer, object value)
    {
        switch (value)
        {
            case Guid id:
                writer.WriteStringValue(id);
                break;
            case DateTime at:
                writer.WriteStringValue(at.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture));
                break;
            case DateTimeOffset at:
                writer.WriteStringValue(at.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture));
                break;
            case TimeSpan time:
                writer.WriteStringValue(TimeOnly.FromTimeSpan(time).ToString("HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture));
                break;
            case float number:
                DatabaseNumber.Write(writer, number.ToString("R", CultureInfo.InvariantCulture));
                break;
            case double number:
                DatabaseNumber.Write(writer, number.ToString("R", CultureInfo.InvariantCulture));
                break;
            default: // integers of all widths, money
                DatabaseNumber.Write(writer, Convert.ToString(value, CultureInfo.InvariantCulture)!);
                break;
        }
    }

    private static SqlParameter Text(string name, string text) =>
        new(name, SqlDbType.NVarChar, text.Length <= 4_000 ? 4_000 : -1) { Value = text };

    // GetChars of the library fails where a character is split between two packets.
    private static bool LongText(Utf8JsonWriter writer, SqlDataReader reader, int column)
    {
        if (Text(reader, column, PartLength, ConnectorRunner.OutputLimit) is not { } text) return false;
        writer.WriteStringValue(text);
        return true;
    }

    /// <returns>Null if the text is longer than the limit.</returns>
    private static string? Text(SqlDataReader reader, int column, int partLength, int limit)
    {
        using var source = reader.GetTextReader(column);
        var (text, part) = (new StringBuilder(), new char[partLength]);
        for (int read; (read = source.Read(part, 0, partLength)) > 0;)
            if (text.Append(part, 0, read).Length > limit) return null;
        return text.ToString();
    }

    private static bool Markup(Utf8JsonWriter writer, SqlDataReader reader, int column)
    {
        var text = new StringWriter(CultureInfo.InvariantCulture);
        using (var source = reader.GetXmlReader(column))
        using (var target = XmlWriter.Create(text, Fragment)) target.WriteNode(source, defattr: false);
        if (text.GetStringBuilder().Length > ConnectorRunner.OutputLimit) return false;
        writer.WriteStringValue(text.ToString());
        return true;
    }

    private static bool LongBytes(Utf8JsonWriter writer, SqlDataReader reader, int column)
    {
        var (bytes, part) = (new MemoryStream(), new byte[PartLength]);
        for (long read, at = 0; (read = reader.GetBytes(column, at, part, 0, PartLength)) > 0; at += read)
        {
            bytes.Write(part, 0, (int)read);
            if (bytes.Length > ConnectorRunner.OutputLimit) return false;
        }

        writer.WriteBase64StringValue(bytes.ToArray());
        return true;
    }
}
