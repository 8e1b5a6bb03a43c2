using System.Text.Json.Nodes;
using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests;

/// <summary>Invalid inputs generated from the OpenAPI document. Each one gets a problem, and nothing breaks.</summary>
public sealed class GeneratedInputTests(SharedService shared)
{
    private const int AtLeast = 250;

    private static readonly Dictionary<string, string> Wrong = new()
    {
        ["string"] = "\"\\u0001\"",
        ["integer"] = "7.5",
        ["number"] = "-1e400",
        ["boolean"] = "true",
        ["array"] = "[[1]]",
        ["object"] = """{"surprise": {"in": "side"}}"""
    };

    [Fact]
    public async Task Each_bad_input_gets_a_problem()
    {
        var key = await shared.Api.Post("/api/keys", new { name = "inputs", role = "admin", workspace = $"inputs-{Guid.NewGuid():n}" });
        using var api = new Api(shared.Api.Address, key.Is(201)["key"].GetString());
        var known = Codes(JsonNode.Parse((await api.Get("/openapi/v1.json")).Is(200).Text)!);
        Assert.NotEmpty(known);
        var before = await Count(api);
        var tried = 0;
        foreach (var (operation, path, body) in (await Operation.All(api)).SelectMany(Inputs))
        {
            var answer = await api.Raw(operation.Method, path, body);
            var shown = $"{operation.Name} {body[..Math.Min(200, body.Length)]}: {answer.Status} {answer.Text}";
            Assert.True(answer.Status is >= 400 and < 500, shown);
            Assert.True(answer.Code is { } code && known.Contains(code), shown);
            Assert.False(answer.Text.Contains("   at ", StringComparison.Ordinal) || answer.Text.Contains("Exception", StringComparison.Ordinal), shown);
            tried++;
        }

        Assert.True(tried >= AtLeast, $"{tried} inputs were made, {AtLeast} are wanted.");
        Assert.Equal(before, await Count(api));
        (await api.Get("/health/ready")).Is(200);
    }

    private static IEnumerable<(Operation Operation, string Path, string Body)> Inputs(Operation operation)
    {
        var path = operation.At(Guid.NewGuid().ToString());
        if (operation.Method == HttpMethod.Get)
        {
            if (!operation.Path.StartsWith("/api", StringComparison.Ordinal)) yield break;
            foreach (var id in operation.TakesId ? new[] { "none", "..%2f..", "%F0%9F%98%80", "1'%20OR%20'1'='1" } : [])
                yield return (operation, operation.At(id), "");
            foreach (var query in operation.TakesId ? [] : new[] { "limit=0", "limit=-1", "limit=99999999999", "cursor=%00", "cursor=..", "limit=x" })
                if (operation.Path != "/api/connectors") yield return (operation, $"{path}?{query}", "");
            yield break;
        }

        if (operation.TakesId) yield return (operation, operation.At("none"), operation.Example?.ToJsonString() ?? "{}");
        if (operation.Example is not { } example) yield break;
        foreach (var broken in new[] { "", "{", "null", "[]", "7", "\"x\"", "{\"a\":", "\u0000", "{}}", "{'a': 1}", new string('[', 1000), Deep(100), new string(' ', 2 << 20) })
            yield return (operation, path, broken);
        yield return (operation, path, With(example, "surprise", "1"));
        foreach (var (name, types) in operation.Properties)
        {
            foreach (var (type, value) in Wrong.Where(w => !types.Contains(w.Key) && types.Length > 0))
                yield return (operation, path, With(example, name, value));
            if (types.Length > 0) yield return (operation, path, With(example, name, Deep(100)));
        }
    }

    private static string With(JsonObject example, string name, string json)
    {
        var rest = string.Join(", ", example.Where(p => p.Key != name).Select(p => $"\"{p.Key}\": {p.Value?.ToJsonString() ?? "null"}"));
        return $"{{{rest}{(rest.Length > 0 ? ", " : "")}\"{name}\": {json}}}";
    }

    private static string Deep(int levels) => new string('[', levels) + new string(']', levels);

    private static HashSet<string> Codes(JsonNode document) =>
        [.. document["components"]!["schemas"]!["Problem"]!["properties"]!["code"]!["enum"]!.AsArray().Select(c => c!.GetValue<string>())];

    private static async Task<(int, int, int)> Count(Api api) => (
        (await api.Get("/api/connections?limit=1000"))["items"].GetArrayLength(),
        (await api.Get("/api/activities?limit=1000"))["items"].GetArrayLength(),
        (await api.Get("/api/keys?limit=1000"))["items"].GetArrayLength());
}
