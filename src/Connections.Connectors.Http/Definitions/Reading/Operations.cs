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

    /// <summary>The condition of the definition's own <c>success</c>.</summary>
    public Expression? SuccessWhen => success.When;

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
        var save = Save(part, answer, own.When);
        return new Operation(
            new HttpMethod(method.ToUpperInvariant()), server, path ?? Template.Parse("/", roots), part.Shape("query", roots),
            Headers(part, roots, save is null ? "application/json" : "*/*"), Body(part, method, roots),
            own.Statuses.Count > 0 ? own.Statuses : success.Statuses.Count > 0 ? success.Statuses : Good,
            own.When ?? (save is null ? success.When : null), FailureRules.Read(part, answer))
        {
            Save = save
        };
    }

    // Only an activity stores files. The body is not in memory, so that no expression can read it.
    private static Save? Save(Part part, IReadOnlyList<string> answer, Expression? when)
    {
        if (!answer.Contains("file") || part.Take("save") is not { } node) return null;
        var inner = Part.From(node, "save", part.Faults);
        if (when?.Roots.Contains("body") == true) part.Faults.Add(part.NameOf("save"), "The body becomes a file; success reads headers and status only.");
        var save = new Save(inner.Template("name", answer), inner.Template("type", answer));
        inner.Finish();
        return save;
    }

    private static (IReadOnlyList<(int, int)> Statuses, Expression? When) Success(Part part, IReadOnlyList<string> answer)
    {
        if (part.Take("success") is not Node.Members) return (FailureRules.Statuses(part, "success"), null);
        var inner = Part.From(part.Take("success")!, "success", part.Faults);
        var (statuses, when) = (FailureRules.Statuses(inner, "status"), inner.Expression("when", answer));
        inner.Finish();
        return (statuses, when);
    }

    private List<KeyValuePair<string, Template>> Headers(Part part, IReadOnlyList<string> roots, string accepted)
    {
        var all = new Dictionary<string, Template>(StringComparer.OrdinalIgnoreCase) { ["Accept"] = Template.Parse(accepted, roots) };
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
        var (file, type, largest) = (body.Take("file"), body.Text("type"), body.Number("maxBytes", 1));
        var text = file is not null && !body.Has("text") || body.Required("text", "an expression, or file") is null ? null : body.Expression("text", roots);
        if (file is not null && text is not null) part.Faults.Add(body.NameOf("file"), "A body is a text or a file; keep one.");
        if (file is null && largest is not null) part.Faults.Add(body.NameOf("maxBytes"), "\"maxBytes\" is for a file; remove it.");
        if (file is not null && !roots.Contains("file")) part.Faults.Add(body.NameOf("file"), "Only an activity sends files; use text.");
        var bytes = file is null ? null : body.Expression("file", roots);
        body.Finish();
        if (bytes is not null) return new Payload.File(bytes, type, largest);
        return text is null ? null : new Payload.Text(text, type ?? "text/plain; charset=utf-8");
    }
}
