using System.Text.Json.Nodes;
using System.Web;
using System.Xml;
using System.Xml.Linq;
using Connectors.Tests.Descriptions;
using TestServers;

namespace Connectors.Tests.Amazon;

/// <summary>Amazon's own description of one of its services. README.md beside the vendors' descriptions names the sources.</summary>
internal sealed class AmazonDescription
{
    // The client names the operation for logs, and signs.
    private static readonly string[] OfTheClient =
        ["x-amz-date", "x-amz-content-sha256", "x-amz-security-token", "x-amz-user-agent", "x-amz-api-version"];
    private const string OperationName = "x-id";

    private readonly JsonObject metadata;
    private readonly JsonObject operations;
    private readonly AmazonShapes shapes;

    private AmazonDescription(string service)
    {
        var document = JsonNode.Parse(File.ReadAllText(Path.Combine(VendorDescription.Folder, "amazon", $"{service}.json")))!;
        (metadata, operations) = (document["metadata"]!.AsObject(), document["operations"]!.AsObject());
        shapes = new AmazonShapes(document["shapes"]!.AsObject());
    }

    public static AmazonDescription Textract { get; } = new("textract");

    public static AmazonDescription S3 { get; } = new("s3");

    public static AmazonDescription Sts { get; } = new("sts");

    /// <summary>The description of the service that a request is for.</summary>
    public static (AmazonDescription Description, string Service) For(ReceivedRequest request) =>
        request.Headers.ContainsKey("X-Amz-Target") ? (Textract, "textract")
        : request.Target == "/" && request.Method == "POST" ? (Sts, "sts") : (S3, "s3");

    /// <summary>How a request differs from the description, a line each.</summary>
    public IEnumerable<string> Differences(ReceivedRequest request) => (string)metadata["protocol"]! switch
    {
        "json" => Json(request),
        "query" => Form(request),
        _ => Rest(request)
    };

    /// <summary>How the answer of an operation with JSON differs from the description, a line each.</summary>
    public IEnumerable<string> Differences(string operation, string answer) =>
        shapes.Differences(JsonNode.Parse(answer), shapes.Find(operations[operation]!["output"]), $"the answer to {operation}");

    private IEnumerable<string> Json(ReceivedRequest request)
    {
        var target = request.Headers["X-Amz-Target"].Split('.');
        if (target[0] != (string)metadata["targetPrefix"]! || operations[target[1]] is not JsonObject operation)
            return [$"there is no operation {request.Headers["X-Amz-Target"]}"];
        var type = $"application/x-amz-json-{metadata["jsonVersion"]}";
        var (method, address) = ((string)operation["http"]!["method"]!, (string)operation["http"]!["requestUri"]!);
        return (string[])[.. Is(request.Method, method), .. Is(request.Target, address), .. Is(request.Headers["Content-Type"], type),
            .. shapes.Differences(JsonNode.Parse(request.Body), shapes.Find(operation["input"]), target[1])];
    }

    private IEnumerable<string> Form(ReceivedRequest request)
    {
        var form = HttpUtility.ParseQueryString(request.Body);
        if (operations[form["Action"] ?? ""] is not JsonObject operation) return [$"there is no operation {form["Action"]}"];
        var sent = form.AllKeys.OfType<string>().Where(key => key is not ("Action" or "Version")).ToList();
        var (input, name) = (operation["input"] is { } given ? shapes.Find(given) : null, (string)operation["name"]!);
        return (string[])[.. Is(form["Version"]!, (string)metadata["apiVersion"]!),
            .. (input?["required"] as JsonArray ?? []).Select(n => (string)n!).Except(sent).Select(n => $"{name}.{n} is missing"),
            .. sent.SelectMany(key => input?["members"]?[key] is { } member
                ? shapes.Differences(form[key]!, shapes.Find(member), $"{name}.{key}") : [$"{name} has no member {key}"])];
    }

    private IEnumerable<string> Rest(ReceivedRequest request)
    {
        var (path, query) = (
            request.Target.Split('?')[0], HttpUtility.ParseQueryString(request.Target.Split('?', 2).ElementAtOrDefault(1) ?? ""));
        // A parameter without a value has a null key.
        var names = query.AllKeys.OfType<string>().Concat(query.GetValues(null) ?? []).Where(name => name != OperationName).ToList();
        var place = path == "/" ? "/" : path.Trim('/').Contains('/') ? "/{Bucket}/{Key+}" : "/{Bucket}";
        var operation = operations.Select(o => o.Value!.AsObject())
            .Where(o => (string)o["http"]!["method"]! == request.Method && ((string)o["http"]!["requestUri"]!).Split('?')[0] == place)
            .Where(o => Needed(o).All(need => names.Contains(need) || request.Headers.ContainsKey(need)))
            .MaxBy(o => Needed(o).Count());
        if (operation is null) return [$"there is no operation {request.Method} {request.Target}"];
        var name = (string)operation["name"]!;
        var input = shapes.Find(operation["input"]);
        var known = input["members"]!.AsObject().Select(m => m.Value!.AsObject()).ToList();
        var (always, body) = (Fixed(operation).Append(OperationName).ToList(), Body(request, input));
        return (string[])[.. names.Except(always).SelectMany(n => Located(known, "querystring", n) is { } member
                ? shapes.Differences(query[n] ?? "", shapes.Find(member), $"{name}?{n}") : [$"{name} has no query parameter {n}"]),
            .. request.Headers.Keys.Where(header => !IsKnown(known, header)).Select(header => $"{name} has no header {header}"),
            .. request.Headers.Where(h => Located(known, "header", h.Key) is not null)
                .SelectMany(h => shapes.Differences(h.Value, shapes.Find(Located(known, "header", h.Key)), $"{name}, header {h.Key}")),
            .. body.Select(difference => $"{name}: {difference}")];
    }

    private IEnumerable<string> Body(ReceivedRequest request, JsonObject input)
    {
        if (input["payload"] is not { } payload) return [];
        var shape = shapes.Find(input["members"]![(string)payload!]);
        if ((string)shape["type"]! != "structure") return [];
        try
        {
            var root = XElement.Parse(request.Body);
            var name = (string)input["members"]![(string)payload!]!["locationName"]!;
            return [.. Is(root.Name.LocalName, name), .. shapes.Differences(root, shape, name)];
        }
        catch (XmlException)
        {
            return ["the body is no XML"];
        }
    }

    private static IEnumerable<string> Is(string value, string expected) => value == expected ? [] : [$"{value} is not {expected}"];

    private static IEnumerable<string> Fixed(JsonObject operation) =>
        ((string)operation["http"]!["requestUri"]!).Split('?', 2).ElementAtOrDefault(1)?.Split('&')
            .Select(part => part.Split('=')[0]) ?? [];

    private IEnumerable<string> Needed(JsonObject operation)
    {
        var input = shapes.Find(operation["input"]);
        var required = (input["required"] as JsonArray ?? []).Select(n => input["members"]![(string)n!]!)
            .Where(m => (string?)m["location"] is "querystring" or "header").Select(m => (string)m["locationName"]!);
        return Fixed(operation).Concat(required);
    }

    private static JsonObject? Located(IEnumerable<JsonObject> members, string location, string name) => members.FirstOrDefault(m =>
        (string?)m["location"] == location && string.Equals((string?)m["locationName"], name, StringComparison.OrdinalIgnoreCase));

    private static bool IsKnown(IEnumerable<JsonObject> members, string header) =>
        !header.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase)
        || OfTheClient.Contains(header, StringComparer.OrdinalIgnoreCase)
        || Located(members, "header", header) is not null
        || members.Where(m => (string?)m["location"] == "headers")
            .Any(m => header.StartsWith((string)m["locationName"]!, StringComparison.OrdinalIgnoreCase));
}
