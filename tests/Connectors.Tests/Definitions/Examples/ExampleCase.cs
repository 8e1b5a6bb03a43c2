using System.Text.Json;
using System.Text.Json.Nodes;
using Connections.Connectors;
using Connections.Domain;

namespace Connectors.Tests.Definitions.Examples;

/// <summary>One call: an activity, or the connection test.</summary>
internal sealed class ExampleCase(Example example, int at, JsonObject root)
{
    /// <summary>Null: the connection test.</summary>
    public string? Activity => (string?)root["activity"];

    public bool Fails => root["failure"] is not null;

    public JsonObject? Failure => root["failure"]?.AsObject();

    public JsonNode? Output => root["output"];

    public JsonObject? Account => root["account"]?.AsObject();

    /// <summary>Whether the connection differs from that of the other cases.</summary>
    public bool HasOwnForm => root["settings"] is not null || root["credentials"] is not null;

    /// <summary>Whether the case says which requests are sent. A case of a failure may leave them out.</summary>
    public bool NamesRequests => Exchanges.All(e => e.ContainsKey("request"));

    /// <summary>Requests and their answers, in order. A case with one exchange has its members itself.</summary>
    public IReadOnlyList<JsonObject> Exchanges => root["exchanges"] is JsonArray several ? [.. several.Select(e => e!.AsObject())] : [root];

    public IReadOnlyList<int> Statuses => [.. Exchanges.Select(Status)];

    /// <summary>Without an own input: that of the first case of the activity.</summary>
    public JsonElement Input => JsonSerializer.SerializeToElement(
        OwnInput ?? example.Cases.FirstOrDefault(c => c.Activity == Activity && c.OwnInput is not null)?.OwnInput ?? new JsonObject());

    public string Name => (string?)root["name"] ?? $"{Activity ?? "test"} {Statuses[^1]}";

    private JsonNode? OwnInput => root["input"];

    public static int Status(JsonObject exchange) => (int?)exchange["status"] ?? 200;

    /// <summary>The body of the answer.</summary>
    public static string Answer(JsonObject exchange) => exchange["answer"] switch
    {
        JsonValue text when text.GetValueKind() == JsonValueKind.String => (string)text!,
        null => "",
        var value => value.ToJsonString()
    };

    public ConnectionUse Use(Guid connection, int version)
    {
        var (settings, typed) = ((root["settings"]?.AsObject() ?? example.Settings).DeepClone(), root["credentials"]?.AsObject() ?? example.Credentials);
        return new ConnectionUse(
            "default", connection, version, JsonSerializer.SerializeToElement(settings), typed is null ? Secret.None : Secret.From(JsonSerializer.SerializeToElement(typed)),
            Tokens: typed is null
                ? new OAuth.HandedTokens([.. Enumerable.Range(1, 4).Select(n => $"{Example.Canary}-{n}")]) { Kept = example.Kept.ToDictionary() } : null,
            Activity: Scripted.Activity);
    }

    public override string ToString() => $"{example.Connector}.yaml, case {at + 1} ({Name})";
}
