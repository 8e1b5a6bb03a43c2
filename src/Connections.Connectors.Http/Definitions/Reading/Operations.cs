using Connections.Connectors.Definitions.Expressions;
using Connections.Connectors.Definitions.Model;
using Connections.Connectors.Http;

namespace Connections.Connectors.Definitions.Reading;

/// <summary>Reads a request and the meaning of its answer.</summary>
internal sealed class Operations(IReadOnlyDictionary<string, Server> servers, Part definition)
{
    private static readonly string[] Methods = ["get", "post", "put", "patch", "delete", "head"];

    private static readonly string[] Bodies = ["json", "form", "body"];

    private readonly IReadOnlyList<(Node.Text Name, Node Value)> headers = definition.Members("headers");

    private readonly (IReadOnlyList<(int, int)> Statuses, Expression? When) success = Success(definition, Roots.Answer);

    private static readonly IReadOnlyList<(int, int)> Good = [(200, 299)];

    public static bool Holds(Part part) => Methods.Any(part.Contains);

    /// <summary>Null if there is no request; the faults then say so.</summary>
    public Operation? Read(Part part, IReadOnlyList<string> roots, IReadOnlyList<string> answer)
    {
        var given = Methods.Where(part.Has).ToList();
        if (given.Count != 1)
        {
            part.Faults.Add(part.Place, given.Count == 0
                ? "There is no request; add one of get, post, put, patch, delete, head with the path, such as get: /me."
                : $"There are {given.Count} requests ({string.Join(", ", given)}); keep one.");
            if (given.Count == 0) return null;
        }

        var method = given[0];
        var path = part.Template(method, roots);
        if (path is not null && (!path.Parts[0].Literal.StartsWith('/') || path.Parts[0].Literal.StartsWith("//", StringComparison.Ordinal)))
            part.Faults.Add(part.Take(method)!, "A path begins with one /; write the path below the server, such as /me.");
        if (path is not null && path.Parts.Any(p => p.Literal.AsSpan().ContainsAny("?# ")))
            part.Faults.Add(part.Take(method)!, "A path holds no query, fragment and blank; use query: for the query.");
        var server = part.Text("server") ?? servers.Keys.FirstOrDefault() ?? "";
        if (servers.Count > 0 && !servers.ContainsKey(server))
            part.Faults.Add(part.Take("server")!, $"There is no server \"{server}\"; use {string.Join(", ", servers.Keys)}.");
        var own = Success(part, answer);
        return new Operation(
            new HttpMethod(method.ToUpperInvariant()), server, path ?? Template.Parse("/", roots), part.Shape("query", roots),
            Headers(part, roots), Body(part, method, roots), own.Statuses.Count > 0 ? own.Statuses : success.Statuses.Count > 0 ? success.Statuses : Good,
            own.When ?? success.When, FailureRules.Read(part, answer));
    }

    private static (IReadOnlyList<(int, int)> Statuses, Expression? When) Success(Part part, IReadOnlyList<string> answer)
    {
        if (part.Take("success") is not Node.Members) return (FailureRules.Statuses(part, "success"), null);
        var inner = Part.From(part.Take("success")!, "success", part.Faults);
        var (statuses, when) = (FailureRules.Statuses(inner, "status"), inner.Expression("when", answer));
        inner.Finish();
        return (statuses, when);
    }

    private List<KeyValuePair<string, Template>> Headers(Part part, IReadOnlyList<string> roots)
    {
        var all = new Dictionary<string, Template>(StringComparer.OrdinalIgnoreCase) { ["Accept"] = Template.Parse("application/json", roots) };
        foreach (var (name, value) in headers.Concat(part.Members("headers")))
        {
            if (HttpHeaders.NameObjection(name.Value) is { } problem) part.Faults.Add(name, problem);
            else if (part.TextOf(value, name.Value) is { } text && part.TemplateOf(value, text, roots) is { } template) all[name.Value] = template;
        }

        return [.. all];
    }

    private static Payload? Body(Part part, string method, IReadOnlyList<string> roots)
    {
        var given = Bodies.Where(part.Has).ToList();
        if (given.Count > 1) part.Faults.Add(part.NameOf(given[1]), $"A request has one body: {string.Join(" or ", given)}; keep one.");
        if (given.Count > 0 && method is "get" or "head" && given.Count > 0)
            part.Faults.Add(part.NameOf(given[0]), $"A {method} has no body; use query, or post.");
        if (given.Count == 0) return null;
        if (given[0] == "json") return part.Shape("json", roots) is { } value ? new Payload.JsonValue(value) : null;
        if (given[0] == "form")
        {
            if (part.Take("form") is not Node.Members) part.Faults.Add(part.Take("form")!, "\"form\" must be an object of fields; write Name: expression.");
            return part.Shape("form", roots) is { } fields ? new Payload.Form(fields) : null;
        }

        var body = Part.From(part.Take("body")!, "a body", part.Faults);
        var text = body.Required("text", "an expression") is null ? null : body.Expression("text", roots);
        var type = body.Text("type") ?? "text/plain; charset=utf-8";
        body.Finish();
        return text is null ? null : new Payload.Text(text, type);
    }
}
