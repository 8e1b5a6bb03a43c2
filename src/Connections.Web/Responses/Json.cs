using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Connections.Hosting;

namespace Connections.Web.Responses;

/// <summary>The JSON form of bodies: camel case, times in UTC with <c>Z</c>, unknown fields rejected.</summary>
public static class Json
{
    public static readonly JsonSerializerOptions Options = Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping; // served as JSON only, never inside HTML
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.Converters.Add(UtcTimeConverter.Milliseconds);
        return options;
    }
}
