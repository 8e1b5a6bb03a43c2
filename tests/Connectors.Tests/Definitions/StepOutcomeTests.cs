using Connections.Connectors;
using Connections.Connectors.Definitions;
using Connections.Domain;

namespace Connectors.Tests.Definitions;

/// <summary>The outcome of an activity whose step failed, and the effect of a rule with a result on the pages before it.</summary>
public sealed class StepOutcomeTests
{
    private const string Definition = """
        connector: acme
        name: Acme
        category: test
        description: A test.
        servers:
          api: "https://api.acme.example/v1"
        authentication:
          key: { credentials: { apiKey: { label: Key, required: true } }, bearer: "{credentials.apiKey}" }
        probe: { get: /me }
        identity: { value: body.id, basis: id }
        failures:
          - { status: 410, result: { items: [] } }
        activities:
          read-then-write:
            inputSchema: { additionalProperties: true }
            do: [{ name: a, get: /a }, { post: /b, json: input }]
          look-then-write:
            inputSchema: { additionalProperties: true }
            do: [{ head: /a }, { post: /b, json: input }]
          put-then-write:
            inputSchema: { additionalProperties: true }
            do: [{ name: a, put: /a, json: input, repeatable: true }, { post: /b, json: input }]
          read-each:
            inputSchema: { additionalProperties: true }
            do: [{ name: a, each: input.ids, get: "/a/{item}" }, { post: /b, json: input }]
          write-then-read:
            inputSchema: { additionalProperties: true }
            do: [{ name: a, post: /a, json: input }, { get: /b }]
          list:
            inputSchema: { additionalProperties: true }
            get: /items
            query: { after: page.cursor, limit: page.size }
            paging: { kind: cursor, items: body.items, next: body.next, size: 2 }
            output: { items: items, next: page.next }
        """;

    [Theory]
    [InlineData("read-then-write", 500, "{}")]
    [InlineData("read-then-write", 502, "{}")]
    [InlineData("read-then-write", 200, "<html>")]
    [InlineData("look-then-write", 500, "")]
    [InlineData("put-then-write", 500, "{}")]
    [InlineData("read-each", 500, "{}")]
    public async Task A_step_that_changes_nothing_leaves_nothing_unknown(string activity, int status, string body)
    {
        await using var acme = await Start((status, body));
        var failed = Assert.IsType<ConnectorResult.Failed>(await Run(acme, activity, new { ids = (string[])["1", "2"] }));
        Assert.Equal((FailureKind.Unavailable, Delivered.No), (failed.Kind, failed.Delivered));
        Assert.All(acme.Requests, request => Assert.DoesNotContain("POST", request, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("read-then-write")]
    [InlineData("write-then-read")]
    public async Task After_a_change_the_outcome_is_unknown(string activity)
    {
        await using var acme = await Start((200, "{}"), (500, "{}"));
        Assert.Equal(Delivered.Maybe, Assert.IsType<ConnectorResult.Failed>(await Run(acme, activity, new { })).Delivered);
        Assert.Equal(2, acme.Requests.Count());
    }

    [Fact]
    public async Task A_result_for_a_later_page_ends_the_list_and_keeps_the_pages_before_it()
    {
        await using var acme = await Start((200, """{"items":[1,2],"next":"c1"}"""), (410, "{}"));
        var done = Assert.IsType<ConnectorResult.Done>(await Run(acme, "list", new { limit = 10 }));
        Assert.Equal("""{"items":[1,2]}""", done.Output.GetRawText());
    }

    [Fact]
    public async Task A_result_for_the_first_page_is_the_result()
    {
        await using var acme = await Start((410, "{}"));
        Assert.Equal("""{"items":[]}""", Assert.IsType<ConnectorResult.Done>(await Run(acme, "list", new { })).Output.GetRawText());
    }

    private static Task<ConnectorResult> Run(Scripted acme, string activity, object input) =>
        acme.Run(activity, input, new { }, new { apiKey = "canary-key-1" });

    private static Task<Scripted> Start(params (int, string)[] answers) =>
        Scripted.Start("acme", "/v1", DefinitionFile.Parse("acme.yaml", Definition), answers);
}
