using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using TestServers;

namespace Connectors.Tests.Descriptions;

/// <summary>A vendor's own description of its API. README.md beside the files names their sources and what was changed in them.</summary>
internal sealed class VendorDescription
{
    private static readonly ConcurrentDictionary<string, VendorDescription?> Loaded = new(StringComparer.Ordinal);
    private static readonly string[] Methods = ["get", "put", "post", "patch", "delete"];

    private readonly List<DescribedOperation> operations = [];

    private VendorDescription(string connector, IEnumerable<string> files)
    {
        foreach (var file in files) Read(File.ReadAllText(file), Path.GetFileNameWithoutExtension(file), connector == "bamboohr");
    }

    public static string Folder => Path.Combine(AppContext.BaseDirectory, "Descriptions", "vendors");

    /// <summary>Null: the vendor publishes no description.</summary>
    public static VendorDescription? Find(string connector) => Loaded.GetOrAdd(connector, _ =>
        Directory.GetFiles(Folder, $"{connector}*.json") is { Length: > 0 } files ? new VendorDescription(connector, files) : null);

    /// <summary>How a request differs from the description, a line each.</summary>
    public IEnumerable<string> Differences(ReceivedRequest request) => Find(request) is { } operation
        ? operation.Differences(request).Select(d => $"{operation.Name}: {d}")
        : [$"{request.Method} {request.Target}: there is no such operation"];

    /// <summary>How the answer to a request differs from the description, a line each.</summary>
    public IEnumerable<string> Differences(ReceivedRequest request, int status, string answer) => Find(request) is { } operation
        ? operation.Differences(status, answer).Select(d => $"{operation.Name}, the answer {status}: {d}")
        : [];

    private DescribedOperation? Find(ReceivedRequest request) => operations.Where(o => o.Matches(request)).MinBy(o => o.Variables);

    private void Read(string text, string name, bool textual)
    {
        var (document, other) = (JsonNode.Parse(text)!.AsObject(), JsonNode.Parse(text)!.AsObject());
        var requests = new DescribedSchemas(document, name, answers: false, textual);
        var answers = new DescribedSchemas(other, name, answers: true, textual);
        var server = ((string)document["servers"]![0]!["url"]!).Replace("{companyDomain}", "acme", StringComparison.Ordinal);
        var prefix = new Uri(server).AbsolutePath.TrimEnd('/');
        foreach (var (path, item) in document["paths"]!.AsObject())
        {
            var shared = item!["parameters"] as JsonArray ?? [];
            foreach (var method in Methods)
                if (item[method] is JsonObject operation)
                {
                    var responses = other["paths"]![path]![method]!["responses"]!.AsObject();
                    operations.Add(new(method.ToUpperInvariant(), prefix + path, requests, operation, shared, answers, responses));
                }
        }
    }
}
