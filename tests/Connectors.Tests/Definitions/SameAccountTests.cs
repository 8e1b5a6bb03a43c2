using Connections.Connectors;
using Connections.Connectors.Definitions;

namespace Connectors.Tests.Definitions;

/// <summary>
/// The claims rest on identities: an account has the same ones with every name and all credentials, and another account has others. The
/// account that people see holds no secret.
/// </summary>
public sealed class SameAccountTests
{
    private const string Slack = """{"ok":true,"url":"https://acme.slack.com/","team":"Acme","user":"#name","team_id":"T01","user_id":"#id"}""";
    private const string Dropbox = """{"account_id":"#id","name":{"display_name":"#name"},"email":"ann@a.example","disabled":false}""";
    private const string ZohoMail = """{"status":{"code":200},"data":[{"accountId":"#id","type":"ZOHO_ACCOUNT","primaryEmailAddress":"#name@a.example"}]}""";

    /// <summary>The path of the API, its answers to a test with #id and #name to fill in, and the ids of two accounts.</summary>
    private static readonly Dictionary<string, (string Path, string[] Answers, string One, string Other)> Connectors = new()
    {
        ["slack"] = ("/api", [Slack], "U01", "U02"),
        ["dropbox"] = ("/2", [Dropbox], $"dbid:{new string('A', 35)}", $"dbid:{new string('B', 35)}"),
        ["zoho-crm"] = (
            "/crm/v8", ["""{"users":[{"zuid":"#id","full_name":"#name"}]}""", """{"org":[{"zgid":"9","company_name":"Acme"}]}"""], "1", "2"),
        ["zoho-people"] = ("/people/api", ["""{"response":{"result":[],"status":0}}""", """{"ZUID":#id,"Email":"#name@a.example"}"""], "7", "8"),
        ["zoho-mail"] = ("/api", [ZohoMail], "6000000000293", "6000000000294")
    };

    public static TheoryData<string> SignedIn => [.. Connectors.Keys];

    [Theory]
    [MemberData(nameof(SignedIn))]
    public async Task An_account_is_recognised_by_its_sign_in(string connector)
    {
        var (path, _, one, other) = Connectors[connector];
        var first = await Probe(connector, path, new { }, "oauth", Answers(connector, one, "ann"));
        Assert.Equal(Ids(first), Ids(await Probe(connector, path, new { }, "oauth", Answers(connector, one, "renamed"))));
        Assert.Empty(Ids(first).Intersect(Ids(await Probe(connector, path, new { }, "oauth", Answers(connector, other, "ann")))));
    }

    [Theory]
    [InlineData("twilio", "/2010-04-01", """{"status":"active","friendly_name":"Ann"}""")]
    [InlineData("bamboohr", "/api/v1", """{"displayName":"Acme"}""")]
    public async Task An_account_is_recognised_by_its_settings(string connector, string path, string answer)
    {
        var first = await Probe(connector, path, Settings(0), Key("first"), answer);
        Assert.Equal(Best(first), Best(await Probe(connector, path, Settings(0), Key("second"), answer)));
        Assert.NotEqual(Best(first), Best(await Probe(connector, path, Settings(1), Key("first"), answer)));

        // The most reliable identity. Another one is of the key itself.
        static string Best(ProbeResult probe) => probe.Identities[0].Value;

        object Settings(int account) => connector == "twilio"
            ? new { accountSid = $"AC{new string('0', 31)}{account}", host = "api.twilio.com" }
            : new { companyDomain = $"acme{account}", authentication = "key" };
        object Key(string secret) => connector == "twilio" ? new { authToken = $"canary-{secret}" } : new { apiKey = $"canary-{secret}" };
    }

    [Fact]
    public void Every_credential_of_every_definition_is_masked_but_for_names()
    {
        var shown = DefinitionFile.Embedded().SelectMany(f => f.Entry.Credentials.Where(c => !c.Secret).Select(c => $"{f.Entry.Id}.{c.Name}"));
        Assert.Equal(["jira.email", "twilio.keySid", "zendesk.email"], shown.Order(StringComparer.Ordinal));
    }

    private static string[] Answers(string connector, string id, string name) =>
        [.. Connectors[connector].Answers.Select(answer =>
            answer.Replace("#id", id, StringComparison.Ordinal).Replace("#name", name, StringComparison.Ordinal))];

    private static async Task<ProbeResult> Probe(string connector, string path, object settings, object credentials, params string[] answers)
    {
        await using var provider = await Scripted.Start(connector, path, null, [.. answers.Select(body => (200, body))]);
        var probe = await provider.Probe(settings, credentials);
        Assert.True(probe.Failure is null, probe.Failure?.Message);
        Assert.DoesNotContain("canary", $"{probe.Account} {string.Join(' ', probe.Steps)}", StringComparison.Ordinal);
        return probe;
    }

    private static IEnumerable<string> Ids(ProbeResult probe) => probe.Identities.Select(i => i.Value);
}
