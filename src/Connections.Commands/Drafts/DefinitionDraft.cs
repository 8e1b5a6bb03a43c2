
namespace Connections.Commands.Drafts;

/// <summary>
/// A definition from some operations of an OpenAPI document. Where the document does not say what a definition needs, the draft has a
/// comment with TODO.
/// </summary>
internal static class DefinitionDraft
{
    private static readonly string[] OfAccount = ["/me", "/self", "whoami", "/current", "auth.test", "/profile", "/myself", "/account", "/user"];
    private static readonly string[] Ids = ["id", "sub", "uid", "sid", "account_id", "accountId", "user_id", "userId", "uuid", "key"];
    private static readonly string[] Names = ["email", "name", "display_name", "displayName", "login", "username", "title"];

    /// <param name="file">The file's name, for a comment.</param>
    public static string Write(OpenApiFile api, string file, IReadOnlyList<ApiOperation> chosen, string? connector)
    {
        var (document, yaml) = (api.Document, new YamlText());
        var title = YamlText.Line(document.Info?.Title ?? "");
        yaml.Comment($"Made from {file}. Decide what is marked TODO; \"connectors check\" and \"connectors try\" help.");
        yaml.Value("connector", connector ?? DraftNames.Kebab(title, "my-api"));
        yaml.Value("name", title.Length > 0 ? title : "My API");
        yaml.Comment("TODO: such as crm, messaging or files.");
        yaml.Value("category", "other");
        yaml.Value("description", DraftSchema.Sentence(document.Info?.Description) ?? "TODO: one sentence.");
        if (document.ExternalDocs?.Url is { IsAbsoluteUri: true, Scheme: "https" } pages) yaml.Value("documentation", pages.AbsoluteUri);
        var server = new DraftServer(document);
        server.WriteSettings(yaml);
        server.Write(yaml);
        DraftSignIn.Write(yaml, document, chosen);
        WriteProbe(yaml, api);
        yaml.Members("activities", () =>
        {
            var ids = new HashSet<string>(StringComparer.Ordinal);
            foreach (var activity in chosen.Select(operation => new DraftActivity(operation)))
            {
                var id = activity.Id;
                for (var i = 2; !ids.Add(id); i++) id = $"{activity.Id}-{i}";
                activity.Write(yaml, id);
            }
        });
        return yaml.ToString();
    }

    private static void WriteProbe(YamlText yaml, OpenApiFile api)
    {
        var probe = api.Operations
            .Where(o => o.Method == "GET" && !o.Parameters.Any(p => p.Required) && !o.Path.Contains('{', StringComparison.Ordinal))
            .MinBy(o => Array.FindIndex(OfAccount, part => o.Path.Contains(part, StringComparison.OrdinalIgnoreCase)) is var at and >= 0
                ? at
                : OfAccount.Length);
        yaml.Comment("TODO: a request that every account may make, and that names the account.");
        yaml.Raw("probe", $"{{ get: {YamlText.Quoted(probe?.Path ?? "/")} }}");
        var (id, name) = Identity(probe);
        yaml.Comment("TODO: the account's stable id in the answer, and its name.");
        yaml.Members("identity", () =>
        {
            yaml.Value("value", id);
            yaml.Value("basis", "account-id");
            yaml.Value("display", name);
        });
    }

    // The members of the answer, or of the object in it.
    private static (string Id, string Name) Identity(ApiOperation? probe)
    {
        var answer = probe?.Operation.Responses?.Where(a => a.Key.StartsWith('2')).Select(a => a.Value).FirstOrDefault();
        var schema = answer?.Content?.Values.FirstOrDefault()?.Schema;
        var members = DraftSchema.Members(schema, answer: true);
        var places = members.Where(m => DraftSchema.Members(m.Value, answer: true).Count > 0)
            .Select(m => (Root: DraftNames.Path("body", m.Key), Names: DraftSchema.Members(m.Value, answer: true))).Prepend(("body", members));
        foreach (var (root, names) in places)
        {
            if (Ids.FirstOrDefault(names.ContainsKey) is not { } id) continue;
            var name = Names.FirstOrDefault(names.ContainsKey);
            return (DraftNames.Path(root, id), DraftNames.Path(root, name ?? id));
        }

        return ("body.id", "body.name");
    }
}
