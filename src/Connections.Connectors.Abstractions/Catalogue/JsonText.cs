using System.Runtime.InteropServices;
using System.Text.Json;

namespace Connections.Connectors.Catalogue;

/// <summary>JSON allows an unpaired surrogate in an escape. Such a string is not valid text, and reading it fails.</summary>
public static class JsonText
{
    /// <summary>Whether all strings, including property names, are valid text.</summary>
    public static bool IsReadable(JsonElement json)
    {
        var reader = new Utf8JsonReader(JsonMarshal.GetRawUtf8Value(json), new JsonReaderOptions { MaxDepth = int.MaxValue });
        try
        {
            while (reader.Read())
                if (reader is { ValueIsEscaped: true, TokenType: JsonTokenType.String or JsonTokenType.PropertyName }) _ = reader.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Whether objects and lists are nested at more than this many levels.</summary>
    public static bool IsDeeperThan(JsonElement json, int levels)
    {
        var reader = new Utf8JsonReader(JsonMarshal.GetRawUtf8Value(json), new JsonReaderOptions { MaxDepth = int.MaxValue });
        while (reader.Read())
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && reader.CurrentDepth >= levels) return true;
        return false;
    }
}
