using System.Text;
using System.Text.Json;

namespace Connections.Connectors.Postgres;

/// <summary>Parses array texts: <c>{1,NULL,"a \"b\""}</c>, nested, with other lower bounds (<c>[0:1]={1,2}</c>).</summary>
internal static class PostgresArray
{
    public static void Write(Utf8JsonWriter writer, string text, char delimiter, Action<Utf8JsonWriter, string?> element)
    {
        var start = text.StartsWith('[') ? text.IndexOf('=') + 1 : 0;
        if (start >= text.Length || text[start] != '{')
        {
            writer.WriteStringValue(text); // int2vector and oidvector are written without braces
            return;
        }

        for (var at = start; at < text.Length;)
        {
            switch (text[at])
            {
                case '{':
                    writer.WriteStartArray();
                    at++;
                    break;
                case '}':
                    writer.WriteEndArray();
                    at++;
                    break;
                case var c when c == delimiter:
                    at++;
                    break;
                case '"':
                    element(writer, Quoted(text, ref at));
                    break;
                default:
                    var bare = Bare(text, delimiter, ref at);
                    element(writer, bare == "NULL" ? null : bare);
                    break;
            }
        }
    }

    private static string Quoted(string text, ref int at)
    {
        var value = new StringBuilder();
        for (at++; text[at] != '"'; at++)
        {
            if (text[at] == '\\') at++;
            value.Append(text[at]);
        }

        at++;
        return value.ToString();
    }

    private static string Bare(string text, char delimiter, ref int at)
    {
        var start = at;
        while (text[at] != delimiter && text[at] != '}')
        {
            if (text[at] == '\\') at++;
            at++;
        }

        return text[start..at];
    }
}
