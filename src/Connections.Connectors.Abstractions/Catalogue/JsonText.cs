using System.Runtime.InteropServices;
using System.Text.Json;

namespace Connections.Connectors.Catalogue;

/// <summary>JSON allows an unpaired surrogate in an escape. Such a string is not valid text, and reading it fails.</summary>
public static class JsonText
{
    /// <summary>Whether all strings, including property names, are valid text.</summary>
    public static bool IsReadable(JsonElement json)
    {
        var reader = new Utf8JsonReader(JsonMarshal.GetRawUtf8Value(json));
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
}
