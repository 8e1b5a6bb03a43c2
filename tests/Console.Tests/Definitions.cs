namespace Console.Tests;

/// <summary>A folder with a user's definitions: one that works, and one with mistakes.</summary>
internal static class Definitions
{
    public const string Markup = "<img src=x onerror=\"document.title='owned'\">";

    public static string Write(string folder)
    {
        var definitions = Directory.CreateDirectory(folder).FullName;
        File.WriteAllText(Path.Combine(definitions, "acme.yaml"), Good);
        File.WriteAllText(Path.Combine(definitions, "broken.yaml"), Good.Replace("acme", "broken", StringComparison.Ordinal)
            .Replace("get: /contacts", "fetch: /contacts", StringComparison.Ordinal));
        return definitions;
    }

    private const string Good = """
        connector: acme-crm
        name: "Acme <img src=x onerror=\"document.title='owned'\">"
        category: crm
        description: Find contacts.
        servers:
          api: "https://acme.example/v1"
        authentication:
          key:
            credentials: { apiKey: { label: API key, required: true, help: Under Settings. } }
            bearer: "{credentials.apiKey}"
        probe: { get: /me }
        identity: { value: body.account.id, basis: account-id, display: body.account.name }
        activities:
          find-contacts:
            description: Finds contacts by their email address.
            inputSchema: { required: [email], properties: { email: { type: string } } }
            get: /contacts
            query: { email: input.email, limit: 20 }
            output: { contacts: "body.items[].{id: id, name: fullName}" }
        """;
}
