using System.Runtime.InteropServices;
using System.Text.Json;

namespace Connections.Connectors.Catalogue;

/// <summary>JSON lets half a surrogate pair stand in escapes, which is no text, and which nobody can read.</summary>
public static class JsonText
{
    /// <summary>Whether every text in it is one, names of properties included.</summary>
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
