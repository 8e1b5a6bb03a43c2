using System.Reflection;
using System.Text.Json.Nodes;

namespace Connections.Connectors.Catalogue;

/// <summary>An activity that has the same meaning, input and output in every connector that offers it.</summary>
public sealed record CommonActivity(string Id, string Name, string Description, JsonNode Input, JsonNode Output, JsonNode? Example);

/// <summary>The common activities, from <c>Activities/*.schema.json</c>.</summary>
public static class CommonActivities
{
    private const string Ending = ".schema.json";
    private static readonly Dictionary<string, CommonActivity> All = Read();

    public static IReadOnlyList<string> Ids { get; } = [.. All.Keys.Order(StringComparer.Ordinal)];

    public static CommonActivity? Find(string id) => All.GetValueOrDefault(id);

    private static Dictionary<string, CommonActivity> Read()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var found = new Dictionary<string, CommonActivity>(StringComparer.Ordinal);
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.EndsWith(Ending, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            var json = JsonNode.Parse(stream)!;
            var id = resource["Activities/".Length..^Ending.Length];
            found[id] = new CommonActivity(
                id, (string)json["title"]!, (string)json["description"]!, json["input"]!, json["output"]!, json["example"]);
        }

        return found;
    }
}
