using System.Text.Json.Nodes;
using Connections.Connectors.Catalogue;

namespace Connections.Connectors.Http;

internal static class HttpEntry
{
    public const string Id = "http";
    public const string Request = "request";

    public static CatalogueEntry Create() => new(
        Id, "HTTP API", "http", "Call any HTTP API.", "apiKey",
        Settings:
        [
            new FormField("baseUrl", "Base URL", "string", true, false,
                "Where the API begins; every request goes below it.", "https://api.example.com/v1", MaxBytes: 2048),
            new FormField("auth", "Authentication", "string", false, false,
                "none, basic (user name and password), bearer (a token), or apiKey (a key in a header or in the query).",
                "bearer", "none", ["none", "basic", "bearer", "apiKey"]),
            new FormField("apiKeyName", "Name of the key", "string", false, false,
                "The header or query parameter that carries the key.", "X-Api-Key", MaxBytes: 256),
            new FormField("apiKeyIn", "Place of the key", "string", false, false,
                "A header is better: addresses end up in logs.", "header", "header", ["header", "query"]),
            new FormField("headers", "Fixed headers", "object", false, false,
                "Sent with every request; not secret.", JsonNode.Parse("""{"Accept": "application/json"}""")),
            new FormField("testPath", "Test path", "string", false, false, "What a test of the connection asks for (GET).", "/me", "/", MaxBytes: 2048),
            new FormField("caCertificate", "CA certificate", "text", false, false,
                "The certificate (PEM) of the authority that issued the server's, where it is not a public one.",
                "-----BEGIN CERTIFICATE-----…", MaxBytes: 64 * 1024)
        ],
        Credentials:
        [
            new FormField("username", "User name", "string", false, false, "For basic authentication.", "app", MaxBytes: 1024),
            new FormField("password", "Password", "string", false, true, "For basic authentication.", MaxBytes: 1024),
            new FormField("token", "Token", "string", false, true, "For bearer authentication.", MaxBytes: 8 * 1024),
            new FormField("apiKey", "API key", "string", false, true, "For authentication by key.", MaxBytes: 4 * 1024)
        ],
        Scopes: [],
        Activities:
        [
            new ActivityDescription(
                Request, "Send a request", "Sends one request and answers status, headers and body.", Input(), Output(),
                JsonNode.Parse("""{"method": "GET", "path": "/orders", "query": {"customer": "ACME", "limit": 10}}"""))
        ]);

    private static JsonNode Input() => JsonNode.Parse("""
        {
          "type": "object",
          "additionalProperties": false,
          "required": ["method", "path"],
          "properties": {
            "method": {"type": "string", "enum": ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]},
            "path": {"type": "string", "maxLength": 4096, "description": "Below the base URL, encoded as in an address; without a query."},
            "query": {"type": "object", "description": "Texts, numbers, true and false; a list repeats the name. Encoded for you."},
            "headers": {"type": "object", "additionalProperties": {"type": "string"}},
            "body": {"description": "A text is sent as it is (text/plain unless headers say otherwise), everything else as JSON. {\"base64\": \"…\"} alone: those bytes."}
          }
        }
        """)!;

    private static JsonNode Output() => JsonNode.Parse("""
        {
          "type": "object",
          "required": ["status", "headers", "body", "bodyType"],
          "properties": {
            "status": {"type": "integer"},
            "headers": {"type": "object", "description": "Names in lower case; repeated ones joined with a comma.", "additionalProperties": {"type": "string"}},
            "body": {"description": "As bodyType says."},
            "bodyType": {"type": "string", "enum": ["none", "json", "text", "base64"],
              "description": "json: the value itself. text: a text. base64: the bytes of what is neither, as base64. none: null."}
          }
        }
        """)!;
}
