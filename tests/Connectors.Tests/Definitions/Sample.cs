using Connections.Connectors.Definitions;

namespace Connectors.Tests.Definitions;

/// <summary>A good definition whose lines the tests replace.</summary>
internal static class Sample
{
    public const string Text = """
        connector: acme
        name: Acme
        category: test
        description: A test.
        settings:
          company: { label: Company, required: true, pattern: "[a-z]+" }
        servers:
          api: "https://{settings.company}.acme.example/v1"
          files: "https://files.acme.example"
        authentication:
          key:
            credentials: { apiKey: { label: Key, required: true } }
            bearer: "{credentials.apiKey}"
        probe: { get: /me }
        identity: { value: body.id, basis: id }
        failures:
          - { status: 401, kind: reauthRequired }
          - { status: 404, kind: notFound }
        activities:
          get-item:
            inputSchema: { properties: { id: { type: string } } }
            get: /items/{input.id}
            output: { id: body.id }
        """;

    public static DefinitionFile With(string line, string instead)
    {
        Assert.Contains(line, Text, StringComparison.Ordinal);
        return DefinitionFile.Parse("acme.yaml", Text.Replace(line, instead, StringComparison.Ordinal));
    }
}
