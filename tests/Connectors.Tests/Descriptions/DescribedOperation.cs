using System.Collections.Specialized;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Web;
using TestServers;

namespace Connectors.Tests.Descriptions;

/// <summary>One operation of a vendor's description: a method and a path template with the schemas of its request and answers.</summary>
internal sealed class DescribedOperation(
    string method,
    string template,
    DescribedSchemas schemas,
    JsonObject operation,
    JsonArray shared,
    DescribedSchemas answerSchemas,
    JsonObject answers)
{
    // OpenAPI: a parameter of this name is ignored.
    private static readonly string[] Ignored = ["authorization", "accept", "content-type"];

    private readonly Regex path = new($"^{Regex.Replace(Regex.Escape(template), @"\\\{[^}]+}", "[^/]+")}$");

    public string Name => $"{method} {template}";

    /// <summary>Fewer variables match more exactly.</summary>
    public int Variables => template.Count(c => c == '{');

    public bool Matches(ReceivedRequest request) =>
        request.Method == method && path.IsMatch(request.Target.Split('?')[0]);

    /// <summary>How the request differs from the description.</summary>
    public IEnumerable<string> Differences(ReceivedRequest request)
    {
        var parameters = shared.Concat(operation["parameters"] as JsonArray ?? []).Select(schemas.Resolve).ToList();
        var query = HttpUtility.ParseQueryString(request.Target.Split('?', 2) is [_, var text] ? text : "");
        var nested = new HashSet<string>(StringComparer.Ordinal);
        foreach (var parameter in parameters)
        {
            var (name, place) = ((string)parameter["name"]!, (string)parameter["in"]!);
            if (place == "path" || (place == "header" && Ignored.Contains(name, StringComparer.OrdinalIgnoreCase))) continue;
            if (place == "query" && (string?)parameter["style"] == "deepObject")
            {
                var members = query.AllKeys.OfType<string>().Where(k => k.StartsWith($"{name}[", StringComparison.Ordinal)).ToList();
                if (members.Count == 0) continue;
                nested.UnionWith(members);
                var form = new NameValueCollection();
                foreach (var member in members) form[member[(name.Length + 1)..^1]] = query[member];
                var schema = parameter["schema"]!;
                var value = schemas.Form(form, schema);
                foreach (var difference in schemas.Differences(value, schema).Concat(schemas.Unknown(value, schema)))
                    yield return $"the query parameter {name}: {difference}";
                continue;
            }

            var sent = place == "query" ? query.GetValues(name) : request.Headers.TryGetValue(name, out var header) ? [header] : null;
            if (sent is [var listed] && parameter["explode"] is JsonValue explode && !(bool)explode) sent = listed.Split(',');
            if (sent is null && parameter["required"]?.GetValue<bool>() == true) yield return $"the {place} parameter {name} is missing";
            if (sent is null) continue;
            var content = parameter["content"]?["application/json"]?["schema"];
            var differences = content is null
                ? schemas.Differences(schemas.Coerce(sent, parameter["schema"]!), parameter["schema"]!)
                : schemas.Differences(JsonNode.Parse(sent[0]), content);
            foreach (var difference in differences) yield return $"the {place} parameter {name}: {difference}";
        }

        var known = parameters.Where(p => (string)p["in"]! == "query").Select(p => (string)p["name"]!).ToHashSet(StringComparer.Ordinal);
        foreach (var name in query.AllKeys.OfType<string>())
            if (!known.Contains(name) && !nested.Contains(name)) yield return $"there is no query parameter {name}";
        foreach (var difference in Body(request)) yield return $"the body: {difference}";
    }

    /// <summary>
    /// How the answer differs from the description. A status that the description does not list is compared with its success answer. An
    /// answer may be the default one (at Slack: an error with the status 200).
    /// </summary>
    public IEnumerable<string> Differences(int status, string body)
    {
        if (status == 204) return [];
        var own = answers[$"{status}"] ?? answers[$"{status / 100}XX"];
        if (status < 300) own ??= answers.FirstOrDefault(a => a.Key.StartsWith('2')).Value;
        var found = new[] { own, answers["default"] }.Where(a => a is not null)
            .Select(a => answerSchemas.Resolve(a)["content"]?["application/json"]?["schema"]).OfType<JsonNode>()
            .Select(schema => answerSchemas.Differences(JsonNode.Parse(body), schema).ToList()).ToList();
        return found.Exists(differences => differences.Count == 0) ? [] : found.FirstOrDefault() ?? [];
    }

    private IEnumerable<string> Body(ReceivedRequest request)
    {
        var described = operation["requestBody"] is { } node ? schemas.Resolve(node) : null;
        if (described is null) return request.Body.Length == 0 ? [] : ["there is none in the description"];
        if (request.Body.Length == 0) return described["required"]?.GetValue<bool>() == true ? ["it is missing"] : [];
        var type = MediaTypeHeaderValue.Parse(request.Headers["Content-Type"]).MediaType!;
        var contents = described["content"]!.AsObject();
        if ((contents[type] ?? contents["*/*"])?["schema"] is not { } schema)
            return [$"its type is {type}, described: {string.Join(", ", contents.Select(c => c.Key))}"];
        var body = type switch
        {
            "application/json" => JsonNode.Parse(request.Body),
            "application/x-www-form-urlencoded" => schemas.Form(HttpUtility.ParseQueryString(request.Body), schema),
            _ => null
        };
        return body is null ? [] : [.. schemas.Differences(body, schema), .. schemas.Unknown(body, schema)];
    }
}
