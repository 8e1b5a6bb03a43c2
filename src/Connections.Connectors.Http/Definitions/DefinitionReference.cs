using System.Text;
using System.Text.Json;

namespace Connections.Connectors.Definitions;

/// <summary>The reference of the format for people, made from its JSON Schema.</summary>
public static class DefinitionReference
{
    private static readonly JsonElement Schema = JsonSerializer.Deserialize<JsonElement>(DefinitionSchema.Text);

    private static readonly Dictionary<string, string> Titles = new()
    {
        ["field"] = "A setting or a credential",
        ["server"] = "A server",
        ["failure"] = "A rule of failures",
        ["rejection"] = "A rule of reject",
        ["pair"] = "The header or the query of a way",
        ["way"] = "A way to sign in",
        ["callback"] = "A value of callback",
        ["then"] = "A request",
        ["step"] = "A step",
        ["activity"] = "An activity"
    };

    /// <summary>Markdown: one table for each part.</summary>
    public static string Text { get; } = Write();

    private static string Write()
    {
        var text = new StringBuilder();
        Table(text, "A definition", Schema);
        foreach (var part in Schema.GetProperty("$defs").EnumerateObject())
        {
            var described = part.Value.TryGetProperty("anyOf", out var forms) && part.Value.TryGetProperty("properties", out _) == false
                ? forms.EnumerateArray().First(f => f.TryGetProperty("properties", out _)) : part.Value;
            Table(text, part.Name == "server" ? "A server: an address `https://host/base`, or" : Title(part.Name), described);
        }

        return text.ToString();
    }

    private static void Table(StringBuilder text, string title, JsonElement part)
    {
        var members = part.GetProperty("properties").EnumerateObject().ToList();
        var request = Schema.GetProperty("$defs").GetProperty("then").GetProperty("properties").EnumerateObject().Select(p => p.Name)
            .Except(["save"]).ToHashSet();
        var holds = title != "A request" && request.All(name => members.Any(m => m.Name == name));
        var required = part.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(n => n.GetString()).ToHashSet() : [];
        text.Append("**").Append(title).Append("**\n\n| member | |\n|---|---|\n");
        if (holds) text.Append("| a request | the members of *A request* |\n");
        foreach (var (name, value) in members.Where(m => !holds || !request.Contains(m.Name)).Select(m => (m.Name, m.Value)))
        {
            var words = new[] { Type(value), value.TryGetProperty("description", out var said) ? said.GetString()! : "" }.Where(w => w.Length > 0);
            text.Append("| `").Append(name).Append(required.Contains(name) ? "` (required) | " : "` | ").AppendJoin(". ", words).Append(" |\n");
        }

        text.Append('\n');
    }

    private static string Type(JsonElement value) =>
        value.TryGetProperty("$ref", out var other) ? $"See *{Title(Name(other))}*"
        : value.TryGetProperty("enum", out var allowed) ? Options(allowed)
        : Inner(value, "additionalProperties") is { } member ? $"By name: {member}"
        : Inner(value, "items") is { } item ? $"A list: {item}"
        : "";

    private static string? Inner(JsonElement value, string kind) =>
        !value.TryGetProperty(kind, out var inner) || inner.ValueKind != JsonValueKind.Object ? null
        : inner.TryGetProperty("$ref", out var other) ? $"see *{Title(Name(other))}*"
        : inner.TryGetProperty("enum", out var allowed) ? Options(allowed) : null;

    private static string Options(JsonElement allowed) => string.Join(", ", allowed.EnumerateArray().Select(a => $"`{a.GetString()}`"));

    private static string Name(JsonElement reference) => reference.GetString()!.Split('/')[^1];

    private static string Title(string part) => Titles.GetValueOrDefault(part) ?? $"`{part}`";
}
