using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Connections.Connectors.Catalogue;
using EventSourcing;

namespace Connections.Console.Forms;

/// <summary>A form as a browser sent it: its values as JSON for the operations, and the texts to show again.</summary>
/// <param name="Texts">By input name; without secrets.</param>
public sealed record TypedForm(JsonElement Settings, JsonElement? Credentials, IReadOnlyList<FieldError> Errors, IReadOnlyDictionary<string, string> Texts)
{
    public const string SettingPrefix = "settings.";
    public const string CredentialPrefix = "credentials.";

    /// <summary>The parts of an SSH tunnel, which is one setting.</summary>
    public static readonly IReadOnlyList<FormField> SshParts =
    [
        new("host", "SSH host", "string", false, false, "The name or address of the SSH host.", "bastion.example.com"),
        new("port", "SSH port", "integer", false, false, "22 unless the host was set up otherwise.", 22),
        new("user", "SSH user", "string", false, false, "The user on the SSH host.", "tunnel"),
        new("hostKeyFingerprint", "Host key fingerprint", "string", false, false, "SHA256:… The first test shows it. Check it with the host's administrator.")
    ];

    public static bool IsSsh(FormField field) => field is { Name: "ssh", Type: "object" };

    /// <summary>Whether a field belongs to the way to sign in; true where there is one way only.</summary>
    public static bool IsUsed(FormField field, string? way) => field.For is not { } ways || way is null || ways.Contains(way);

    /// <param name="needsCredentials">False: credentials that were left empty are absent, so that the stored ones are kept.</param>
    public static TypedForm Read(CatalogueEntry entry, IFormCollection form, bool needsCredentials = true)
    {
        var (errors, texts) = (new List<FieldError>(), new Dictionary<string, string>());
        var settings = Values(entry.Settings, SettingPrefix, form, errors, texts);
        var way = entry.Way(JsonSerializer.SerializeToElement(settings));
        var credentials = Values([.. entry.Credentials.Where(f => IsUsed(f, way))], CredentialPrefix, form, errors, texts);
        var any = needsCredentials || entry.Credentials.Any(f => f.Secret && !string.IsNullOrEmpty(form[CredentialPrefix + f.Name]));
        texts["name"] = form["name"].ToString();
        return new TypedForm(
            JsonSerializer.SerializeToElement(settings), any ? JsonSerializer.SerializeToElement(credentials) : null, errors, texts);
    }

    private static JsonObject Values(
        IReadOnlyList<FormField> fields, string prefix, IFormCollection form, List<FieldError> errors, Dictionary<string, string> texts)
    {
        var values = new JsonObject();
        foreach (var field in fields)
        {
            var name = prefix + field.Name;
            if (IsSsh(field))
            {
                if (Values(SshParts, $"{name}.", form, errors, texts) is { Count: > 0 } ssh && ssh.Any(p => p.Key != "port")) values[field.Name] = ssh;
                continue;
            }

            var typed = form[name].ToString().Replace("\r\n", "\n", StringComparison.Ordinal);
            if (!field.Secret) texts[name] = field.Type == "boolean" ? (typed == "true" ? "true" : "false") : typed;
            if (Value(field, name, typed, errors) is { } value) values[field.Name] = value;
        }

        return values;
    }

    private static JsonNode? Value(FormField field, string name, string typed, List<FieldError> errors)
    {
        if (field.Type == "boolean") return typed == "true";
        if (typed.Length == 0) return null;
        if (field.Type == "integer" && long.TryParse(typed.Trim(), CultureInfo.InvariantCulture, out var number)) return number;
        if (field.Type != "object") return typed;
        try
        {
            return JsonNode.Parse(typed);
        }
        catch (JsonException)
        {
            errors.Add(new FieldError(name, $"{field.Label} must be a JSON object, such as {field.Example?.ToJsonString() ?? "{}"}."));
            return null;
        }
    }
}
