using System.Text.RegularExpressions;
using Microsoft.OpenApi;

namespace Connections.Commands.Drafts;

/// <summary>Writes the first server of a document, and a setting for each variable of its address.</summary>
internal sealed partial class DraftServer
{
    private const string Unknown = "https://api.example.com";

    private readonly OpenApiServer? server;
    private readonly string address;

    public DraftServer(OpenApiDocument document)
    {
        server = document.Servers?.FirstOrDefault(s => s.Url?.StartsWith("https://", StringComparison.OrdinalIgnoreCase) == true)
            ?? document.Servers?.FirstOrDefault();
        var given = (server?.Url ?? "").TrimEnd('/');
        address = given.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? $"https://{given["http://".Length..]}"
            : given.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? given
            : Unknown + given;
    }

    private IReadOnlyList<(string Name, OpenApiServerVariable Variable)> Variables =>
        [.. (server?.Variables ?? new Dictionary<string, OpenApiServerVariable>()).Select(v => (v.Key, v.Value))];

    public void WriteSettings(YamlText yaml)
    {
        if (Variables.Count == 0) return;
        yaml.Members("settings", () =>
        {
            foreach (var (name, variable) in Variables)
            {
                yaml.Members(DraftNames.Identifier(name), () =>
                {
                    yaml.Value("label", name);
                    if (variable.Enum is { Count: > 0 } options)
                    {
                        yaml.Raw("options", $"[{string.Join(", ", options.Select(YamlText.Quoted))}]");
                        if (variable.Default is { } chosen && options.Contains(chosen)) yaml.Value("default", chosen);
                    }
                    else
                        yaml.Raw("required", "true");

                    if (DraftSchema.Sentence(variable.Description) is { } text) yaml.Value("help", text);
                });
            }
        });
    }

    public void Write(YamlText yaml) => yaml.Members("servers", () =>
    {
        if (address.StartsWith(Unknown, StringComparison.Ordinal)) yaml.Comment("TODO: the document names no host.");
        var written = Variable().Replace(address, match => $"{{settings.{DraftNames.Identifier(match.Groups[1].Value)}}}");
        if (!HostVariable().IsMatch(address))
        {
            yaml.Value("api", written);
            return;
        }

        yaml.Comment("TODO: name the allowed hosts if there are few, instead of any.");
        yaml.Members("api", () =>
        {
            yaml.Value("address", written);
            yaml.Value("hosts", "any");
        });
    });

    [GeneratedRegex(@"\{([^}]+)\}")]
    private static partial Regex Variable();

    /// <summary>A variable in the host that is not one whole label before two fixed ones.</summary>
    [GeneratedRegex(@"\Ahttps://(?!\{[^}]+\}\.[^/{}.]+\.[^/{}]+(/|\z))[^/]*\{", RegexOptions.IgnoreCase)]
    private static partial Regex HostVariable();
}
