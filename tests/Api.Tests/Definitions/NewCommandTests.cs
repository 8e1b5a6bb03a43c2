using Connections.Commands;
using Connections.Connectors.Definitions;
using Connections.Hosting;

namespace Api.Tests.Definitions;

/// <summary><c>connectors new</c>: drafts of definitions, which only a person's decisions are missing from.</summary>
public sealed class NewCommandTests : IDisposable
{
    private const string Acme = """
        openapi: 3.0.3
        info: { title: Acme CRM API, version: "1", description: Contacts and more. With a second sentence. }
        servers: [{ url: "https://{region}.acme.example/v1/", variables: { region: { default: eu, enum: [eu, us] } } }]
        security: [{ token: [] }]
        components:
          securitySchemes: { token: { type: http, scheme: bearer } }
          schemas:
            Contact:
              type: object
              required: [email]
              properties:
                id: { type: string, readOnly: true }
                email: { type: string }
                "full-name": { type: string, description: "First: and last" }
                tags: { type: array, items: { type: string, enum: [a, b] } }
                manager: { $ref: "#/components/schemas/Contact" }
        paths:
          /me:
            get: { operationId: getMe, responses: { "200": { description: x, content: { application/json: { schema: { type: object, properties: { account: { type: object, properties: { id: { type: integer }, name: { type: string } } } } } } } } } }
          /contacts:
            get:
              operationId: findContacts
              summary: Finds contacts.
              parameters:
                - { name: "page[size]", in: query, schema: { type: integer } }
                - { name: email, in: query, required: true, schema: { type: string } }
                - { name: X-Tenant, in: header, required: true, schema: { type: string } }
                - { name: Authorization, in: header, required: true, schema: { type: string } }
              responses: { "200": { description: x, content: { application/json: { schema: { type: array, items: { $ref: "#/components/schemas/Contact" } } } } } }
            post:
              operationId: addContact
              requestBody: { required: true, content: { application/json: { schema: { $ref: "#/components/schemas/Contact" } } } }
              responses: { "201": { description: x, content: { application/json: { schema: { $ref: "#/components/schemas/Contact" } } } } }
          /contacts/{contact-id}:
            parameters: [{ name: contact-id, in: path, required: true, schema: { type: string } }]
            delete: { responses: { "204": { description: x } } }
            put:
              operationId: sendPhoto
              requestBody: { content: { image/png: { schema: { type: string, format: binary } } } }
              responses: { "200": { description: x, content: { image/png: {} } } }
        """;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("new-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Without_an_operation_the_operations_are_listed()
    {
        var lines = Run(Write("acme.yaml", Acme)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(5, lines.Length);
        Assert.Contains("findContacts\tGET /contacts\tFinds contacts.", lines);
        Assert.Contains("DELETE /contacts/{contact-id}\tDELETE /contacts/{contact-id}\t", lines);
    }

    [Fact]
    public void Operations_become_activities_of_a_definition_without_mistakes()
    {
        var draft = Run(
            Write("acme.yaml", Acme), "findContacts", "addContact", "sendPhoto", "DELETE /contacts/{contact-id}");
        var file = DefinitionFile.Parse("draft.yaml", draft);
        Assert.Empty(file.Messages);
        Assert.Equal(("acme-crm-api", "Acme CRM API"), (file.Entry.Id, file.Entry.Name));
        Assert.Equal(
            ["add-contact", "delete-contacts-contact-id", "find-contacts", "request", "send-photo"],
            file.Entry.Activities.Select(a => a.Id).Order(StringComparer.Ordinal));
        foreach (var line in (string[])
        [
            "description: Contacts and more.",
            "api: \"https://{settings.region}.acme.example/v1\"",
            "options: [\"eu\", \"us\"]",
            "bearer: \"{credentials.token}\"",
            "probe: { get: \"/me\" }",
            "value: body.account.id",
            "display: body.account.name",
            "get: \"/contacts\"",
            "\"page[size]\": input.pageSize",
            "X-Tenant: \"{input.xTenant}\"",
            "required: [\"email\",\"xTenant\"]",
            "full-name: input.fullName",
            "fullName: \"body.\\\"full-name\\\"\"",
            "items: body",
            "put: \"/contacts/{input.contactId}\"",
            "body: { file: input.file }",
            "save: {}",
            "output: { done: true }"
        ])
            Assert.Contains(draft.Split('\n'), l => l.Trim() == line);
        Assert.DoesNotContain("authorization", draft, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("id: input.id", draft, StringComparison.Ordinal); // only answers have it
        Assert.Contains("TODO", draft, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("twilio")]
    [InlineData("slack")]
    [InlineData("bamboohr")]
    [InlineData("dropbox")]
    [InlineData("zoho-crm-record")]
    [InlineData("zoho-crm-users")]
    public void All_operations_of_a_vendors_document_become_a_definition_without_mistakes(string vendor)
    {
        var path = Path.Combine(TestServers.RepositoryFolder.Root, "tests/Connectors.Tests/Descriptions/vendors", $"{vendor}.json");
        var ids = Run(path).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')[0]).ToArray();
        Assert.NotEmpty(ids);
        Assert.Empty(DefinitionFile.Parse("draft.yaml", Run(path, ids)).Messages);
    }

    [Theory]
    [InlineData("x.yaml", null, "x.yaml cannot be read")]
    [InlineData("x.yaml", "", "is no OpenAPI document")]
    [InlineData("x.json", "{", "is no OpenAPI document")]
    [InlineData("x.yaml", "connector: acme", "is no OpenAPI document")]
    [InlineData("x.json", """{"openapi":"3.0.0","info":{"title":"a","version":"1"},"paths":{}}""", "has no paths")]
    [InlineData("x.yaml", "a: [*b]\n\t- c", "is no OpenAPI document")]
    public void A_file_that_is_no_OpenAPI_document_is_reported(string name, string? text, string message)
    {
        var path = text is null ? Path.Combine(folder.FullName, name) : Write(name, text);
        Assert.Contains(message, Assert.Throws<CommandException>(() => Run(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_operation_is_reported() => Assert.Contains(
        "There is no operation findContact.",
        Assert.Throws<CommandException>(() => Run(Write("acme.yaml", Acme), "findContact")).Message, StringComparison.Ordinal);

    [Fact]
    public void Texts_of_the_document_cannot_add_members()
    {
        var evil = Acme.Replace("title: Acme CRM API", "title: \"Acme\\nservers: { api: https://evil.example }\"", StringComparison.Ordinal)
            .Replace("summary: Finds contacts.", "summary: \"x\\n    post: /evil # \\\" '\"", StringComparison.Ordinal);
        var file = DefinitionFile.Parse("draft.yaml", Run(Write("evil.yaml", evil), "findContacts"));
        Assert.Empty(file.Messages);
        Assert.Equal("Acme servers: { api: https://evil.example }", file.Entry.Name);
    }

    private static string Run(string path, params string[] operations)
    {
        using var output = new StringWriter();
        string[] arguments = ["connectors", "new", "--from", path, .. operations.SelectMany(o => (string[])["--operation", o])];
        Assert.True(CommandLine.Read(arguments).Help(output));
        return output.ToString();
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
