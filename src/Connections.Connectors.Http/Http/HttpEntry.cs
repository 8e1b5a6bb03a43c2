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
                "The base URL of the API. All request paths are below it.", "https://api.example.com/v1", MaxBytes: 2048),
            new FormField("auth", "Authentication", "string", false, false,
                "none, basic (user name and password), bearer (a token), or apiKey (a key in a header or in the query).",
                "bearer", "none", ["none", "basic", "bearer", "apiKey"]),
            new FormField("apiKeyName", "Name of the key", "string", false, false,
                "The header or query parameter that carries the key. Authorization and Cookie are possible.", "X-Api-Key", MaxBytes: 256),
            new FormField("apiKeyIn", "Place of the key", "string", false, false,
                "Prefer a header: query strings end up in logs.", "header", "header", ["header", "query"]),
            new FormField("headers", "Fixed headers", "object", false, false,
                "Sent with every request; not secret.", JsonNode.Parse("""{"Accept": "application/json"}""")),
            new FormField("testPath", "Test path", "string", false, false, "The path that a connection test requests with GET.", "/me", "/", MaxBytes: 2048),
            new FormField("caCertificate", "CA certificate", "text", false, false,
                "The CA certificate (PEM) that issued the server's certificate, if the CA is not a public one.",
                "-----BEGIN CERTIFICATE-----…", MaxBytes: 64 * 1024)
        ],
        Credentials:
        [
            new FormField("username", "User name", "string", false, false,
                "For basic authentication. Without a password it counts as a key and is not shown.", "app", MaxBytes: 1024, SecretUnless: "password"),
            new FormField("password", "Password", "string", false, true, "For basic authentication. May be empty.", MaxBytes: 1024),
            new FormField("token", "Token", "string", false, true,
                "For bearer authentication. A leading \"Bearer \", blanks and line ends around it are removed.", MaxBytes: 8 * 1024,
                Trimmed: true, Prefixes: ["Authorization:", "Bearer "]),
            new FormField("apiKey", "API key", "string", false, true,
                "For authentication by key: the whole value, such as \"Token abcd\" for the header Authorization. "
                + "Blanks and line ends around it are removed.", MaxBytes: 4 * 1024, Trimmed: true)
        ],
        Scopes: [],
        Activities:
        [
            new ActivityDescription(
                Request, "Send a request", "Sends one request and returns status, headers and body.", Input(), Output(),
                JsonNode.Parse("""{"method": "GET", "path": "/orders", "query": {"customer": "ACME", "limit": 10}}"""))
        ]);

    private static JsonNode Input() => JsonNode.Parse("""
        {
          "type": "object",
          "additionalProperties": false,
          "required": ["method", "path"],
          "properties": {
            "method": {"type": "string", "enum": ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]},
            "path": {"type": "string", "maxLength": 4096, "description": "Path below the base URL, percent-encoded, without a query."},
            "query": {"type": "object", "description": "Texts, numbers, true and false. A list repeats the name. The service encodes the values."},
            "headers": {"type": "object", "additionalProperties": {"type": "string"}},
            "body": {"description": "A text is sent unchanged (as text/plain unless a header sets another type). {\"base64\": \"…\"} is sent as bytes. Other values are sent as JSON."}
          }
        }
        """)!;

    private static JsonNode Output() => JsonNode.Parse("""
        {
          "type": "object",
          "required": ["status", "headers", "body", "bodyType"],
          "properties": {
            "status": {"type": "integer"},
            "headers": {"type": "object", "description": "Names in lower case. The values of a repeated header are joined with a comma.", "additionalProperties": {"type": "string"}},
            "body": {"description": "The body in the form given by bodyType."},
            "bodyType": {"type": "string", "enum": ["none", "json", "text", "base64"],
              "description": "json: the JSON value. text: a text. base64: any other content, in base64. none: null."}
          }
        }
        """)!;
}
