using System.Text.Json.Nodes;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Definitions;
using Connections.Connectors.OAuth;

namespace DemoDefinitions;

/// <summary>Connectors to the demo provider. Only Standalone registers them, and only if configured to.</summary>
public static class DemoConnectors
{
    private static readonly DefinedIdentity Me = new("/me", "sub", "email", "sub");

    public static ConnectorDefinition Mail { get; } = new(
        new CatalogueEntry(
            "demo-mail", "Demo mail", "mail", "Send and read mail at the demo provider.", "oauth2", [], [],
            [
                new Scope("mail.send", "To send mail from workflows."),
                new Scope("mail.read", "To find mail for workflows."),
                new Scope("offline_access", "To stay connected while nobody is signed in.")
            ],
            [
                new ActivityDescription(
                    "send-email", "Send an email", "Sends one email.",
                    Schema("""{"to": {"type": "string"}, "subject": {"type": "string"}, "text": {"type": "string"}}""", "to", "subject", "text"),
                    Schema("""{"id": {"type": "string"}}""", "id"),
                    JsonNode.Parse("""{"to": "bob@demo.example", "subject": "Hello", "text": "It works."}""")),
                new ActivityDescription(
                    "list-emails", "List emails", "What this account has sent.",
                    Schema("{}"), Schema("""{"messages": {"type": "array"}}""", "messages"), JsonNode.Parse("{}"))
            ],
            OAuth: SignIn()),
        "{base}",
        Me,
        new Dictionary<string, DefinedCall>
        {
            ["send-email"] = new("POST", "/mail/messages"),
            ["list-emails"] = new("GET", "/mail/messages")
        });

    public static ConnectorDefinition Files { get; } = new(
        new CatalogueEntry(
            "demo-files", "Demo files", "files", "Read files at the demo provider.", "oauth2", [], [],
            [
                new Scope("files.read", "To fetch files for workflows."),
                new Scope("offline_access", "To stay connected while nobody is signed in.")
            ],
            [
                new ActivityDescription(
                    "list-files", "List files", "The names of all files.",
                    Schema("{}"), Schema("""{"files": {"type": "array"}}""", "files"), JsonNode.Parse("{}")),
                new ActivityDescription(
                    "read-file", "Read a file", "Name and text of one file.",
                    Schema("""{"name": {"type": "string"}}""", "name"),
                    Schema("""{"name": {"type": "string"}, "text": {"type": "string"}}""", "name", "text"),
                    JsonNode.Parse("""{"name": "readme.txt"}"""))
            ],
            OAuth: SignIn()),
        "{base}",
        Me,
        new Dictionary<string, DefinedCall>
        {
            ["list-files"] = new("GET", "/files"),
            ["read-file"] = new("GET", "/files/{name}")
        });

    private static OAuthDefinition SignIn() => new(
        AuthorizeUrl: "{base}/connect/authorize",
        TokenUrl: "{base}/connect/token",
        RevokeUrl: "{base}/connect/revoke",
        Rotation: Rotation.SingleUse,
        Revoke: RevokeReach.Token,
        DefaultLifetime: TimeSpan.FromMinutes(10),
        Issuer: "{base}/");

    private static JsonObject Schema(string properties, params string[] required) => new JsonObject
    {
        ["type"] = "object",
        ["additionalProperties"] = false,
        ["properties"] = JsonNode.Parse(properties),
        ["required"] = new JsonArray([.. required.Select(r => (JsonNode)r)])
    };
}
