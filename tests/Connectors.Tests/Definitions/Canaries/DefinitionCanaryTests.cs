using System.Text.Json;
using System.Text.Json.Nodes;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Definitions;
using Connectors.Tests.Definitions.Examples;

namespace Connectors.Tests.Definitions.Canaries;

/// <summary>Every sign-in of every definition, its connection test and its activities: no failure and no log line shows a secret.</summary>
public sealed class DefinitionCanaryTests
{
    // 200: an error in a good answer.
    private static readonly int[] Statuses = [200, 400, 401, 403, 404, 409, 422, 429, 500];

    // Inputs of common activities.
    private static readonly Dictionary<string, JsonNode> Common = new Dictionary<string, string>
    {
        ["request"] = """{"method":"GET","path":"/x"}""",
        ["send-email"] = """{"to":["bob@acme.example"],"subject":"s","text":"t"}""",
        ["search-emails"] = """{"query":"x"}""",
        ["read-email"] = """{"id":"1.2"}""",
        ["post-message"] = """{"channel":"C1","text":"t"}""",
        ["get-employee"] = """{"id":"1"}""",
        ["request-time-off"] = """{"employeeId":"1","typeId":"78","start":"2026-12-24","end":"2026-12-28","amount":3}""",
        ["list-time-off"] = """{"start":"2026-12-01","end":"2026-12-31"}""",
        ["get-records"] = """{"module":"Leads"}""",
        ["search-records"] = """{"module":"Leads","word":"x"}""",
        ["create-record"] = """{"module":"Leads","fields":{"Last_Name":"Doe"}}""",
        ["update-record"] = """{"module":"Leads","id":"1","fields":{"Last_Name":"Doe"}}""",
        ["upsert-record"] = """{"module":"Leads","match":["Email"],"fields":{"Email":"ann@acme.example"}}""",
        ["delete-record"] = """{"module":"Leads","id":"1"}""",
        ["fetch-file"] = """{"id":"id:1"}""",
        ["upload-file"] = """{"name":"a.txt","file":{"name":"a.txt","base64":"YQ=="}}""",
        ["delete-file"] = """{"id":"id:1"}"""
    }.ToDictionary(c => c.Key, c => JsonNode.Parse(c.Value)!);

    public static TheoryData<string, string> Ways
    {
        get
        {
            var ways = new TheoryData<string, string>();
            foreach (var definition in DefinitionFile.Embedded().Select(f => f.Require()))
                foreach (var way in definition.Ways) ways.Add(definition.Entry.Id, way.Id);
            return ways;
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task No_failure_shows_a_secret(string connector, string way)
    {
        await using var provider = await QuotingProvider.Start(connector, way);
        var inputs = provider.Activities.Select(a => (a.Id, Input: Input(connector, a))).ToList();
        var masked = 0;
        foreach (var status in Statuses)
        {
            provider.Status = status;
            Clean($"test {status}", await provider.Probe());
            // Reading is repeated after a 500, with waits: one activity is enough.
            foreach (var (activity, input) in inputs.Take(status == 500 ? 1 : int.MaxValue))
            {
                var before = provider.Quoted;
                var failed = await provider.Run(activity, input) ?? "";
                Clean($"{activity} {status}", failed);
                if (failed.Contains("***", StringComparison.Ordinal)) masked++;
                Assert.True(provider.Quoted > before, $"{activity} sent no credentials: {failed}");
            }
        }

        Assert.True(masked > 0, "No failure quoted a request.");
        Clean("log", provider.Logs.Text);
        Clean("scopes", string.Join('\n', provider.Logs.Scopes));
    }

    private static void Clean(string place, string text)
    {
        foreach (var shown in RequestCheck.Basics(text).Append(text))
            Assert.False(shown.Contains(QuotingProvider.Canary, StringComparison.Ordinal), $"{place} shows a secret.");
    }

    private static JsonElement Input(string connector, ActivityDescription activity)
    {
        var input = JsonSerializer.SerializeToElement(
            Played(connector, activity.Id) ?? Common.GetValueOrDefault(activity.Id) ?? activity.Example ?? new JsonObject());
        Assert.Empty(InputSchema.Parse(activity.Input).Check(input));
        return input;
    }

    private static JsonNode? Played(string connector, string activity)
    {
        if (!Example.Connectors.Contains(connector)) return null;
        var cases = Example.Read(connector).Cases;
        var played = cases.FirstOrDefault(c => c is { Fails: false, HasOwnForm: false } && c.Activity == activity);
        return played is null ? null : JsonNode.Parse(played.Input.GetRawText());
    }
}
