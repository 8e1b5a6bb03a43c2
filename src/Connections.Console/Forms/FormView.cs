using System.Text.Json;
using Connections.Connectors.Catalogue;
using EventSourcing;

namespace Connections.Console.Forms;

/// <param name="Name">The name of the input: <c>settings.host</c>.</param>
/// <param name="Kept">Says which stored secret stays unless it is replaced; null where none is stored.</param>
public sealed record FieldView(string Name, FormField Field, string Value, string? Error, string? Kept = null)
{
    public string Id => $"f-{Name.Replace('.', '-')}";

    public bool IsMultiline => Field.Type is "text" or "object";
}

/// <summary>Fields below one heading, folded unless one of them has an error or a value.</summary>
public sealed record FoldedFields(string Title, bool Open, IReadOnlyList<FieldView> Fields);

/// <summary>The ways to sign in of which a form offers one.</summary>
/// <param name="Name">The name of the input that sends the chosen one.</param>
/// <param name="Labels">By id, in the order of the definition.</param>
public sealed record WaysToSignIn(string Name, string Chosen, IReadOnlyList<(string Id, string Label)> Labels);

/// <summary>The form of a connector: its fields in the order in which people fill them, and those only that the chosen way to sign in uses.</summary>
/// <param name="Ways">Null where there is one way only.</param>
public sealed record FormView(
    IReadOnlyList<FieldView> Settings, IReadOnlyList<FieldView> Secrets, IReadOnlyList<FoldedFields> Folded, WaysToSignIn? Ways = null)
{
    private static readonly string[] Encryption = ["tls", "caCertificate"];

    public IEnumerable<FieldView> All => Settings.Concat(Secrets).Concat(Folded.SelectMany(f => f.Fields));

    /// <param name="texts">The texts to show, by input name; a field without one shows its default.</param>
    /// <param name="kept">Secrets that are stored, by name: which ones they are.</param>
    public static FormView Create(
        CatalogueEntry entry, IReadOnlyDictionary<string, string> texts, IReadOnlyList<FieldError> errors, IReadOnlyDictionary<string, string>? kept = null)
    {
        FieldView View(string prefix, FormField field)
        {
            var name = prefix + field.Name;
            var value = field.Secret ? "" : texts.GetValueOrDefault(name) ?? Text(field.Default);
            return new FieldView(name, field, value, errors.FirstOrDefault(e => e.Field == name)?.Message, kept?.GetValueOrDefault(field.Name));
        }

        var ways = ReadWays(entry, texts);
        var settings = entry.Settings.Where(f => TypedForm.IsUsed(f, ways?.Chosen) && f.Name != CatalogueEntry.Authenticating)
            .Select(f => View(TypedForm.SettingPrefix, f)).ToList();
        var credentials = entry.Credentials.Where(f => TypedForm.IsUsed(f, ways?.Chosen)).Select(f => View(TypedForm.CredentialPrefix, f)).ToList();
        var folded = new List<FoldedFields>();
        Fold("Encryption (TLS)", settings.Where(f => Encryption.Contains(f.Field.Name)));
        if (entry.Settings.FirstOrDefault(TypedForm.IsSsh) is { } ssh)
        {
            Fold("SSH tunnel", TypedForm.SshParts.Select(p => View($"{TypedForm.SettingPrefix}{ssh.Name}.", p))
                .Concat(credentials.Where(f => f.Field.Name.StartsWith("ssh", StringComparison.Ordinal))));
        }

        var inFolds = folded.SelectMany(f => f.Fields).Select(f => f.Name).ToHashSet();
        return new FormView(
            [.. settings.Where(f => !inFolds.Contains(f.Name) && !TypedForm.IsSsh(f.Field))], [.. credentials.Where(f => !inFolds.Contains(f.Name))], folded,
            ways);

        void Fold(string title, IEnumerable<FieldView> fields)
        {
            var list = fields.ToList();
            if (list.Count == 0) return;
            var typed = list.Any(f => f.Error is not null || f.Kept is not null || (f.Value.Length > 0 && f.Value != Text(f.Field.Default)));
            folded.Add(new FoldedFields(title, typed, list));
        }
    }

    /// <summary>The texts of stored settings and shown credentials, by input name.</summary>
    public static Dictionary<string, string> Texts(string name, JsonElement settings, JsonElement credentials)
    {
        var texts = new Dictionary<string, string> { ["name"] = name };
        Add(TypedForm.SettingPrefix, settings);
        Add(TypedForm.CredentialPrefix, credentials);
        return texts;

        void Add(string prefix, JsonElement values)
        {
            if (values.ValueKind != JsonValueKind.Object) return;
            foreach (var value in values.EnumerateObject())
            {
                if (value is { Name: "ssh", Value.ValueKind: JsonValueKind.Object }) Add($"{prefix}ssh.", value.Value);
                else texts[prefix + value.Name] = value.Value.ValueKind == JsonValueKind.String ? value.Value.GetString()! : value.Value.GetRawText();
            }
        }
    }

    private static WaysToSignIn? ReadWays(CatalogueEntry entry, IReadOnlyDictionary<string, string> texts)
    {
        if (entry.Settings.FirstOrDefault(f => f.Name == CatalogueEntry.Authenticating) is not { Options: { Count: > 1 } options } field) return null;
        var name = TypedForm.SettingPrefix + field.Name;
        var chosen = texts.GetValueOrDefault(name) is { } typed && options.Contains(typed) ? typed : Text(field.Default);
        return new WaysToSignIn(name, chosen, [.. options.Select(o => (o, field.Labels?.GetValueOrDefault(o) ?? o))]);
    }

    private static string Text(System.Text.Json.Nodes.JsonNode? node) =>
        node is null ? "" : node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : node.ToJsonString();
}
