using System.Text;
using Connections.Connectors.Definitions.Expressions;
using Connections.Connectors.Definitions.Model;
using Connections.Connectors.Files;
using Connections.Connectors.Http;
using Connections.Connectors.Signing;
using Newtonsoft.Json.Linq;

namespace Connections.Connectors.Definitions.Running;

/// <summary>Builds a request from its description.</summary>
internal static class Requests
{
    /// <summary>Null if the request is rejected; <paramref name="problem"/> then gives the reason.</summary>
    /// <param name="file">The body, where it is a file.</param>
    /// <exception cref="ExpressionFault">An expression cannot be applied to these values.</exception>
    public static ApiRequest? Create(
        Operation operation, HttpTarget target, IRequestSigner signer, JObject roots, OpenFile? file, out string? problem)
    {
        string? wrong = null;
        if (operation.Next is { } next) return Following(operation, next, target, out problem);
        var path = operation.Path.Fill(roots, (value, place) =>
        {
            // Without its value, the path would name another resource.
            if (value.Length == 0) wrong ??= $"{place.Text} must not be empty.";
            return Uri.EscapeDataString(value);
        });
        var headers = new List<KeyValuePair<string, string>>();
        foreach (var (name, template) in operation.Headers)
        {
            var value = template.Fill(roots);
            if (value.Length > 8 * 1024 || !HttpHeaders.IsPrintable(value))
                wrong ??= $"The header {name} may contain only printable ASCII characters, at most 8 KB; use ascii_json().";
            if (value.Length > 0) headers.Add(new(name, value));
        }

        // A file is stored as it comes, so it must not come packed.
        if (operation.Save is not null) headers.Add(new("Accept-Encoding", "identity"));
        var query = operation.Query is null ? [] : Pairs(operation.Query.Create(roots));
        var (body, type) = operation.Body is Payload.File sent ? (null, sent.ContentType ?? file!.File.ContentType) : Body(operation.Body, roots);
        problem = wrong ?? HttpPath.Objection(path);
        if (signer.QueryParameter is { } own && query.Any(q => q.Key == own)) problem ??= $"The query parameter {own} is set by the connection.";
        return problem is null ? new ApiRequest(operation.Method, HttpPath.Below(target.Base, path, query), headers, body, type, file) : null;
    }

    // The next page is below the same server, whatever its address names.
    private static ApiRequest? Following(Operation operation, string next, HttpTarget target, out string? problem)
    {
        problem = null;
        if (HttpTarget.Resolve(target.Base, next) is { } address && HttpTarget.GetOrigin(address) == target.Origin && address.UserInfo.Length == 0
            && address.AbsolutePath.StartsWith(target.Base.AbsolutePath, StringComparison.Ordinal) && HttpPath.Objection(address.AbsolutePath) is null)
            return new ApiRequest(operation.Method, new UriBuilder(address) { Fragment = "" }.Uri, [new("Accept", "application/json")]);
        problem = "The address of the next page is not on the same server.";
        return null;
    }

    private static (byte[]? Bytes, string? Type) Body(Payload? payload, JObject roots)
    {
        switch (payload)
        {
            case Payload.JsonValue json:
                return (Tokens.Utf8(json.Value.Create(roots)), "application/json; charset=utf-8");
            case Payload.Form form:
                var fields = Pairs(form.Fields.Create(roots)).Select(f => $"{Uri.EscapeDataString(f.Key)}={Uri.EscapeDataString(f.Value)}");
                return (Encoding.ASCII.GetBytes(string.Join('&', fields)), "application/x-www-form-urlencoded");
            case Payload.Text text:
                return (Encoding.UTF8.GetBytes(Tokens.Text(text.Value.Evaluate(roots)) ?? ""), text.ContentType);
            default:
                return (null, null);
        }
    }

    /// <summary>A list repeats its name, an object puts its names in brackets (<c>page[limit]</c>), and null is left out.</summary>
    private static List<KeyValuePair<string, string>> Pairs(JToken value)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        if (value is not JObject members) return pairs;
        foreach (var (name, member) in members) Add(name, member!);
        return pairs;

        void Add(string name, JToken member)
        {
            if (member is JArray items)
                foreach (var item in items) Add(name, item);
            else if (member is JObject inner)
                foreach (var (key, value) in inner) Add($"{name}[{key}]", value!);
            else if (Tokens.Text(member) is { } text) pairs.Add(new(name, text));
        }
    }
}
