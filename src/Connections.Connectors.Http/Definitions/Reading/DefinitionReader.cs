using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Definitions.Model;
using Connections.Connectors.Definitions.Running;

namespace Connections.Connectors.Definitions.Reading;

/// <summary>Reads a whole definition and checks it.</summary>
internal static partial class DefinitionReader
{
    /// <summary>Null if the definition has a mistake; the faults then list all that were found.</summary>
    public static Definition? Read(string text, bool custom, Faults faults)
    {
        if (YamlNodes.Read(text, faults) is not { } root) return null;
        var part = Part.From(root, "a definition", faults);
        if (root is not Node.Members) return null;
        var definition = Read(part, custom, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16]);
        part.Finish();
        return faults.Any ? null : definition;
    }

    private static Definition Read(Part part, bool custom, string version)
    {
        var faults = part.Faults;
        var id = part.RequiredText("connector", "acme-sms");
        if (id.Length > 0 && !Ids().IsMatch(id)) faults.Add(part.Take("connector")!, $"\"{id}\" is no connector id; write small letters, digits and dashes, such as acme-sms.");
        var (name, category) = (part.RequiredText("name", "Acme SMS"), part.RequiredText("category", "messaging"));
        var (description, documentation) = (part.RequiredText("description", "Send text messages with Acme"), part.Text("documentation"));
        if (documentation?.StartsWith("https://", StringComparison.Ordinal) == false)
            faults.Add(part.Take("documentation")!, "\"documentation\" must be an address that begins with https://.");
        var settings = Forms.Read(part.Members("settings"), "a setting", faults).ToList();
        var servers = Servers.Read(part);
        foreach (var server in servers.Values)
            foreach (var place in server.Address.Places) FormNames.Check(place, part.Take("servers")!, settings, [], faults);
        var operations = new Operations(servers, part);
        var reader = new Ways(part, operations, settings);
        var ways = reader.Read();
        var probe = part.Required("probe", "{ get: /me }") is { } at ? Probes.Read(at, operations, faults) : null;
        if (probe is { Keep.Count: > 0 } && reader.OAuth is null)
            faults.Add(part.Take("probe")!, "Values are kept with the tokens of a sign-in; remove keep, or add a way with oauth.");
        var kept = new[] { probe?.Keep.Select(k => k.Key), reader.OAuth?.Callback?.Keys, reader.OAuth?.Answer?.Keep?.Keys }
            .SelectMany(names => names ?? []).GroupBy(name => name).FirstOrDefault(same => same.Count() > 1);
        if (kept is not null) faults.Add(part.Take("authentication")!, $"Two values are kept as \"{kept.Key}\"; rename one.");
        var identity = part.Required("identity", "{ value: body.id, basis: account-id }") is { } who ? Probes.Identity(who, operations, faults) : null;
        var activities = new ActivityReader(part, operations).Read();
        var concurrency = part.Number("concurrency", 1, 100) ?? 10;
        settings.AddRange(Added(ways));
        var entry = new CatalogueEntry(
            id, name, category, description, Authentication(ways), settings, Credentials(ways), reader.Scopes,
            [.. activities.Select(a => a.Description), RequestActivity.Description], (int)concurrency, WithDefaults(reader.OAuth, part), documentation, custom, version)
        {
            OAuthWay = ways.Count > 1 ? ways.FirstOrDefault(w => w.SignIn is SignIn.OAuth)?.Id : null
        };
        return new Definition(
            entry, servers, ways, probe!, identity!, part.Texts("drop").ToHashSet(StringComparer.Ordinal),
            operations.SuccessWhen, part.Expression("errorCode", Roots.Answer), FailureRules.Read(part, Roots.Answer), OperatorDefaults(part),
            activities.GroupBy(a => a.Activity.Id).ToDictionary(a => a.Key, a => a.First().Activity));
    }

    private static IEnumerable<FormField> Added(IReadOnlyList<Way> ways)
    {
        if (ways.Count > 1)
        {
            yield return new FormField(
                CatalogueEntry.Authenticating, "Sign in with", "string", false, false, string.Join("; ", ways.Select(w => $"{w.Id}: {w.Label}")) + ".",
                ways[0].Id, ways[0].Id, [.. ways.Select(w => w.Id)])
            {
                Labels = ways.ToDictionary(w => w.Id, w => w.Label)
            };
        }

        yield return new FormField(
            RequestActivity.Setting, "Allow requests", "boolean", false, false,
            "Whether workflows may send any request below the servers of this connector with the activity request.", null, false);
    }

    // With several ways, the connector checks that the chosen one has its fields.
    private static IReadOnlyList<FormField> Credentials(IReadOnlyList<Way> ways) => [.. ways
        .SelectMany(way => way.Credentials.Select(field => (way, field))).GroupBy(x => x.field.Name)
        .Select(same => ways.Count == 1 ? same.First().field : same.First().field with
        {
            Required = false, For = [.. same.Select(x => x.way.Id)]
        })];

    private static string Authentication(IReadOnlyList<Way> ways) => (ways.Count > 0 ? ways[0].SignIn : null) switch
    {
        SignIn.OAuth => "oauth2",
        SignIn.Basic => "password",
        SignIn.None or null => "none",
        _ => "apiKey"
    };

    private static OAuth.OAuthDefinition? WithDefaults(OAuth.OAuthDefinition? oauth, Part part) =>
        oauth is null ? null : oauth with { Values = OperatorDefaults(part) };

    public static Dictionary<string, string> OperatorDefaults(Part part) =>
        part.Members("operator").ToDictionary(m => m.Name.Value, m => part.TextOf(m.Value, "operator") ?? "", StringComparer.OrdinalIgnoreCase);

    [GeneratedRegex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
    private static partial Regex Ids();
}
