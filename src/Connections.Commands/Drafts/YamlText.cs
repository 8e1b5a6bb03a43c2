using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Connections.Commands.Drafts;

/// <summary>Writes YAML line by line, with comments, which a serializer cannot write.</summary>
internal sealed partial class YamlText
{
    private static readonly string[] NoTexts = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];

    private readonly StringBuilder text = new();
    private string indent = "";

    public void Comment(string comment) => text.Append(indent).Append("# ").Append(Line(comment)).Append('\n');

    public void Value(string name, string value) => text.Append(indent).Append(Scalar(name)).Append(": ").Append(Scalar(value)).Append('\n');

    /// <summary>A member with a value that is YAML already, such as a number or <c>{ a: b }</c>.</summary>
    public void Raw(string name, string value) => text.Append(indent).Append(Scalar(name)).Append(": ").Append(value).Append('\n');

    public void Members(string name, Action members)
    {
        text.Append(indent).Append(Scalar(name)).Append(":\n");
        var before = indent;
        indent += "  ";
        members();
        indent = before;
    }

    public void Json(string name, JsonNode value)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } part:
                Members(name, () =>
                {
                    foreach (var (member, inner) in part) Json(member, inner!);
                });
                break;
            case JsonValue single when single.GetValueKind() == JsonValueKind.String:
                Value(name, (string)single!);
                break;
            default:
                Raw(name, value.ToJsonString());
                break;
        }
    }

    public override string ToString() => text.ToString();

    /// <summary>One line without control characters.</summary>
    public static string Line(string text) => Blanks().Replace(text, " ").Trim();

    /// <summary>A text in quotes, for a place where YAML is written as it is.</summary>
    public static string Quoted(string text) => $"\"{JsonEncodedText.Encode(Line(text), JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private static string Scalar(string value) =>
        Plain().IsMatch(value) && !NoTexts.Contains(value, StringComparer.OrdinalIgnoreCase) ? value : Quoted(value);

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_./-]*( [A-Za-z0-9_./()-]+)*\z")]
    private static partial Regex Plain();

    [GeneratedRegex(@"[\p{C}\p{Z}]+")]
    private static partial Regex Blanks();
}
