using System.Text.Json;
using Connections.Connectors.Definitions;

namespace Connectors.Tests.Definitions;

/// <summary>The published JSON Schema and the loader know the same members.</summary>
public sealed class SchemaTests
{
    private const string Unknown = "zzzzzzzzzzzzzzzzzzzzzzzz";

    private static readonly JsonElement Schema = JsonSerializer.Deserialize<JsonElement>(DefinitionSchema.Text);

    [Theory]
    [InlineData("", "connector: acme", "connector: acme\nzzzzzzzzzzzzzzzzzzzzzzzz: 1")]
    [InlineData("field", "label: Company,", "label: Company, zzzzzzzzzzzzzzzzzzzzzzzz: 1,")]
    [InlineData("way", "bearer: \"{credentials.apiKey}\"", "bearer: \"{credentials.apiKey}\"\n    zzzzzzzzzzzzzzzzzzzzzzzz: 1")]
    [InlineData("oauth", "bearer: \"{credentials.apiKey}\"", "oauth: { authorize: \"https://a.b.example\", token: \"https://a.b.example\", zzzzzzzzzzzzzzzzzzzzzzzz: 1 }")]
    [InlineData("revoke", "bearer: \"{credentials.apiKey}\"", "oauth: { authorize: \"https://a.b.example\", token: \"https://a.b.example\", revoke: { address: \"https://a.b.example\", zzzzzzzzzzzzzzzzzzzzzzzz: 1 } }")]
    [InlineData("callback", "bearer: \"{credentials.apiKey}\"", "oauth: { authorize: \"https://a.b.example\", token: \"https://a.b.example\", callback: { x: { parameter: p, values: { a: b }, zzzzzzzzzzzzzzzzzzzzzzzz: 1 } } }")]
    [InlineData("answer", "bearer: \"{credentials.apiKey}\"", "oauth: { authorize: \"https://a.b.example\", token: \"https://a.b.example\", answer: { zzzzzzzzzzzzzzzzzzzzzzzz: 1 } }")]
    [InlineData("pair", "bearer: \"{credentials.apiKey}\"", "header: { name: X-Key, value: \"{credentials.apiKey}\", zzzzzzzzzzzzzzzzzzzzzzzz: 1 }")]
    [InlineData("basic", "bearer: \"{credentials.apiKey}\"", "basic: { username: x, password: \"{credentials.apiKey}\", zzzzzzzzzzzzzzzzzzzzzzzz: 1 }")]
    [InlineData("probe", "{ get: /me }", "{ get: /me, zzzzzzzzzzzzzzzzzzzzzzzz: 1 }")]
    [InlineData("otherwise", "{ get: /me }", "{ get: /me, healthy: body.ok, otherwise: { zzzzzzzzzzzzzzzzzzzzzzzz: 1 } }")]
    [InlineData("identity", "{ value: body.id, basis: id }", "{ get: /x, value: body.id, basis: id, zzzzzzzzzzzzzzzzzzzzzzzz: 1 }")]
    [InlineData("failure", "{ status: 401, kind: reauthRequired }", "{ status: 401, kind: reauthRequired, zzzzzzzzzzzzzzzzzzzzzzzz: 1 }")]
    [InlineData("activity", "get: /items/{input.id}", "get: /items\n    zzzzzzzzzzzzzzzzzzzzzzzz: 1")]
    [InlineData("step", "get: /items/{input.id}", "do: [{ get: /items, zzzzzzzzzzzzzzzzzzzzzzzz: 1 }]")]
    [InlineData("paging", "get: /items/{input.id}", "get: /items\n    paging: { kind: cursor, items: body, next: body.n, zzzzzzzzzzzzzzzzzzzzzzzz: 1 }")]
    [InlineData("then", "get: /items/{input.id}", "get: /items\n    paging: { kind: cursor, items: body, next: body.n, then: { get: /x, zzzzzzzzzzzzzzzzzzzzzzzz: 1 } }")]
    [InlineData("lookup", "get: /items/{input.id}", "get: /items\n    lookup: { get: /x, found: body, zzzzzzzzzzzzzzzzzzzzzzzz: 1 }")]
    [InlineData("body", "get: /items/{input.id}", "post: /items\n    body: { text: input.a, zzzzzzzzzzzzzzzzzzzzzzzz: 1 }")]
    [InlineData("save", "get: /items/{input.id}", "get: /items\n    save: { zzzzzzzzzzzzzzzzzzzzzzzz: 1 }")]
    [InlineData("rejection", "get: /items/{input.id}", "get: /items\n    reject: [{ when: input.a, message: x, zzzzzzzzzzzzzzzzzzzzzzzz: 1 }]")]
    [InlineData("success", "get: /items/{input.id}", "get: /items\n    success: { status: 200, zzzzzzzzzzzzzzzzzzzzzzzz: 1 }")]
    [InlineData("vendor", "get: /items/{input.id}", "get: /items\n    vendor: { zzzzzzzzzzzzzzzzzzzzzzzz: 1 }")]
    public void The_schema_has_the_members_that_the_loader_knows(string part, string line, string instead)
    {
        var message = Sample.With(line, instead).Messages.Single(m => m.Contains(Unknown, StringComparison.Ordinal));
        var known = message.Split("; use ")[1].TrimEnd('.').Split(", ");
        var described = part.Length == 0 ? Schema : Schema.GetProperty("$defs").GetProperty(part);
        Assert.Equal(
            known.Order(StringComparer.Ordinal), described.GetProperty("properties").EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
    }
}
