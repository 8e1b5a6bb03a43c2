using Connections.Connectors.Definitions;

namespace Connectors.Tests.Http;

/// <summary>A definition of an API whose address the person types, with a key.</summary>
internal static class Keyed
{
    /// <param name="signIn">The member that says how the key is sent.</param>
    public static DefinitionFile Read(string signIn) => DefinitionFile.Parse("keyed.yaml", Text(signIn), custom: false);

    public static string Text(string signIn) => $$"""
        connector: keyed
        name: Keyed
        category: test
        description: A test.
        settings:
          baseUrl: { label: Base URL, required: true }
          user: { label: User }
        servers:
          api: { address: "{settings.baseUrl}", hosts: any }
        authentication:
          key:
            label: Key
            credentials: { apiKey: { label: Key, required: true } }
            {{signIn}}
        probe: { get: /me }
        identity: { value: body.id, basis: id, display: body.name || body.email }
        activities:
          get-item:
            inputSchema: { additionalProperties: true }
            get: /items/{input.id}
            query: { q: input.q }
          add-item:
            inputSchema: { additionalProperties: true }
            post: /items
            json: input
          get: { inputSchema: {}, get: /items }
          add: { inputSchema: { additionalProperties: true }, post: /items, json: input }
        """;
}
