using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Connections.Hosting;

/// <summary>Writes times in UTC with <c>Z</c>.</summary>
public sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
{
    /// <summary>Always three digits of a second.</summary>
    public static readonly UtcTimeConverter Milliseconds = new("fff");

    /// <summary>As many digits of a second as the time has.</summary>
    public static readonly UtcTimeConverter Exact = new("FFFFFFF");

    private readonly string format;

    private UtcTimeConverter(string fraction) => format = $"yyyy-MM-dd'T'HH:mm:ss.{fraction}'Z'";

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString(format, CultureInfo.InvariantCulture));
}
