using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.OpenApi;

namespace Connections.Commands.Drafts;

/// <summary>Writes an operation as an activity: its inputs, its request and its output.</summary>
internal sealed partial class DraftActivity
{
    private const int MostOutputs = 30;

    private static readonly string[] OfSignIn = ["authorization", "accept", "content-type"];

    private readonly ApiOperation operation;
    private readonly JsonObject properties = [];
    private readonly List<string> required = [];
    private readonly List<(string Name, string Expression)> query = [];
    private readonly List<(string Name, string Template)> headers = [];
    private readonly List<(string Name, string Expression)> body = [];
    private readonly List<string> decisions = [];
    private string path;
    private string? bodyKind;
    private string? whole; // the input that is the whole body

    public DraftActivity(ApiOperation operation)
    {
        (this.operation, path) = (operation, operation.Path);
        foreach (var parameter in operation.Parameters.Where(p => p.Name is not null && (p.Required || !p.Deprecated))) Add(parameter);
        foreach (var name in Variable().Matches(operation.Path).Select(m => m.Groups[1].Value))
            if (path.Contains($"{{{name}}}", StringComparison.Ordinal)) AddToPath(name, new JsonObject { ["type"] = "string" });
        AddBody();
    }

    public string Id => DraftNames.Kebab(operation.Operation.OperationId ?? $"{operation.Method} {operation.Path}", "activity");

    public void Write(YamlText yaml, string id) => yaml.Members(id, () =>
    {
        if (DraftSchema.Sentence(operation.Operation.Summary ?? operation.Operation.Description) is { } text) yaml.Value("description", text);
        foreach (var decision in decisions) yaml.Comment($"TODO: {decision}");
        yaml.Json("inputSchema", Inputs());
        yaml.Value(operation.Method.ToLowerInvariant(), path);
        if (query.Count > 0) yaml.Members("query", () => Write(yaml, query));
        if (headers.Count > 0) yaml.Members("headers", () => Write(yaml, headers));
        if (bodyKind == "file") yaml.Raw("body", $"{{ file: input.{whole} }}");
        else if (bodyKind is not null && whole is not null) yaml.Value(bodyKind, $"input.{whole}");
        else if (bodyKind is not null) yaml.Members(bodyKind, () => Write(yaml, body));
        WriteOutput(yaml);
        if (operation.Method is "PUT" or "DELETE") yaml.Comment("TODO: repeatable: true, if sending it twice does no harm.");
    });

    private static void Write(YamlText yaml, List<(string Name, string Value)> members)
    {
        foreach (var (name, value) in members) yaml.Value(name, value);
    }

    private JsonObject Inputs()
    {
        var schema = new JsonObject { ["type"] = "object" };
        if (required.Count > 0) schema["required"] = new JsonArray([.. required.Select(name => JsonValue.Create(name))]);
        schema["properties"] = properties;
        return schema;
    }

    private void Add(IOpenApiParameter parameter)
    {
        var name = parameter.Name!;
        if (parameter.In == ParameterLocation.Header && (!parameter.Required || OfSignIn.Contains(name.ToLowerInvariant()))) return;
        if (parameter.In == ParameterLocation.Cookie)
        {
            if (parameter.Required) decisions.Add($"the cookie {name} is required; a definition sends no cookies.");
            return;
        }

        var schema = DraftSchema.Create(
            parameter.Schema ?? parameter.Content?.Values.FirstOrDefault()?.Schema, DraftSchema.Sentence(parameter.Description), 1);
        if (parameter.In == ParameterLocation.Path) AddToPath(name, schema);
        else if (parameter.In == ParameterLocation.Header) headers.Add((name, $"{{input.{AddInput(name, schema, needed: true)}}}"));
        else query.Add((name, $"input.{AddInput(name, schema, parameter.Required)}"));
    }

    private void AddToPath(string name, JsonObject schema) =>
        path = path.Replace($"{{{name}}}", $"{{input.{AddInput(name, schema, needed: true)}}}", StringComparison.Ordinal);

    private void AddBody()
    {
        if (operation.Operation.RequestBody is not { Content: { } contents } request) return;
        if (operation.Method is "GET" or "DELETE")
        {
            decisions.Add($"the document has a body for {operation.Method}, which is not sent.");
            return;
        }

        var json = contents.FirstOrDefault(c => IsJson(c.Key)).Value;
        var form = contents.FirstOrDefault(c => c.Key == "application/x-www-form-urlencoded").Value;
        if ((json ?? form) is { } described)
        {
            bodyKind = json is not null ? "json" : "form";
            AddMembers(described.Schema, request.Required);
        }
        else if (contents.Keys.Any(type => type.StartsWith("multipart/", StringComparison.Ordinal)))
            decisions.Add("the body has several parts (multipart), which a definition cannot send yet.");
        else if (contents.Count > 0)
        {
            bodyKind = "file";
            var file = new JsonObject { ["type"] = "object", ["description"] = "A file of the file store, or {name, base64}." };
            whole = AddInput("file", file, needed: true);
        }
    }

    private void AddMembers(IOpenApiSchema? schema, bool needed)
    {
        var members = DraftSchema.Members(schema);
        if (members.Count == 0)
        {
            whole = AddInput("body", DraftSchema.Create(schema, depth: 1), needed);
            return;
        }

        var must = DraftSchema.Required(schema!).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, member) in members)
            body.Add((name, $"input.{AddInput(name, DraftSchema.Create(member, depth: 1), must.Contains(name))}"));
    }

    // A name that two places use is told apart by a number.
    private string AddInput(string name, JsonObject schema, bool needed)
    {
        var input = DraftNames.Identifier(name);
        for (var i = 2; properties.ContainsKey(input); i++) input = $"{DraftNames.Identifier(name)}{i}";
        properties[input] = schema;
        if (needed) required.Add(input);
        return input;
    }

    private void WriteOutput(YamlText yaml)
    {
        var answer = operation.Operation.Responses?
            .Where(a => a.Key.StartsWith('2')).OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => a.Value).FirstOrDefault();
        if (answer?.Content is not { Count: > 0 } contents)
        {
            yaml.Raw("output", "{ done: true }");
            return;
        }

        if (contents.FirstOrDefault(c => IsJson(c.Key)).Value is not { } json)
        {
            yaml.Comment("The answer is stored as a file.");
            yaml.Raw("save", "{}");
            return;
        }

        var members = DraftSchema.Members(json.Schema, answer: true);
        if (members.Count == 0)
        {
            yaml.Members("output", () => yaml.Value(DraftSchema.IsArray(json.Schema) ? "items" : "answer", "body"));
            return;
        }

        yaml.Members("output", () =>
        {
            foreach (var name in members.Keys.Take(MostOutputs)) yaml.Value(DraftNames.Identifier(name), DraftNames.Path("body", name));
        });
    }

    private static bool IsJson(string type) => type.Split(';')[0].Trim() is var media
        && (media == "*/*" || media.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || media.EndsWith("+json", StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex(@"\{([^}]+)\}")]
    private static partial Regex Variable();
}
