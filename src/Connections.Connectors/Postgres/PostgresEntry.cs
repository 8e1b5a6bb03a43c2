using System.Text.Json.Nodes;

namespace Connections.Connectors.Postgres;

internal static class PostgresEntry
{
    public const string Id = "postgres";
    public const string RunQuery = "run-query";
    public const int DefaultRows = 1_000;
    public const int MaxRows = 10_000;

    private const string Sql = "One statement. Values go into parameters: $1, $2 … for a list, :name or @name for an object.";

    public static CatalogueEntry Create() => new(
        Id, "PostgreSQL", "database", "Run queries on a PostgreSQL database.", "password",
        Settings:
        [
            new FormField("host", "Host", "string", true, false,
                "The server's name or address, as your database's administrator or cloud console shows it.", "db.example.com", MaxBytes: 1024),
            new FormField("port", "Port", "integer", false, false,
                "5432 unless the server was set up otherwise.", 5432, PostgresSettings.DefaultPort, Minimum: 1, Maximum: 65535),
            new FormField("database", "Database", "string", true, false,
                "The database to work in; one connection reaches one database.", "shop", MaxBytes: 1024),
            new FormField("tls", "Encryption", "string", false, false,
                "disable: none. prefer: encrypted where the server can. require: always encrypted, and with a CA certificate issued by it. "
                + "verify-full: encrypted, and the certificate must be for this host.",
                "verify-full", "prefer", ["disable", "prefer", "require", "verify-full"]),
            new FormField("caCertificate", "CA certificate", "text", false, false,
                "The certificate (PEM) of the authority that issued the server's, where it is not a public one.",
                "-----BEGIN CERTIFICATE-----…", MaxBytes: 64 * 1024),
            new FormField("allowWrites", "Allow writes", "boolean", false, false,
                "Without it each query runs in a read-only transaction. That guards against mistakes; "
                + "the sure limit is a user who may only read.", true, false)
        ],
        Credentials:
        [
            new FormField("username", "User name", "string", true, false,
                "The database user. Best one made for this, with the rights it needs and no more.", "app", MaxBytes: 1024),
            new FormField("password", "Password", "string", true, true, "The database user's password.", MaxBytes: 1024)
        ],
        Scopes: [],
        Activities:
        [
            new ActivityDescription(
                RunQuery, "Run a query", "Runs one SQL statement and answers its rows.", Input(), Output(),
                JsonNode.Parse("""
                    {"sql": "select id, total from orders where customer = :customer", "parameters": {"customer": "ACME"}, "maxRows": 100}
                    """))
        ]);

    private static JsonNode Input() => JsonNode.Parse($$"""
        {
          "type": "object",
          "additionalProperties": false,
          "required": ["sql"],
          "properties": {
            "sql": {"type": "string", "minLength": 1, "maxLength": 131072, "description": "{{Sql}}"},
            "parameters": {"type": ["array", "object"], "maxItems": 1000, "description": "A list for $1, $2 …, or an object for :name and @name."},
            "maxRows": {"type": "integer", "minimum": 1, "maximum": {{MaxRows}}, "default": {{DefaultRows}}}
          }
        }
        """)!;

    private static JsonNode Output() => JsonNode.Parse("""
        {
          "type": "object",
          "required": ["columns", "rows", "truncated"],
          "properties": {
            "columns": {
              "type": "array",
              "items": {"type": "object", "required": ["name", "type"], "properties": {"name": {"type": "string"}, "type": {"type": "string"}}}
            },
            "rows": {"type": "array", "items": {"type": "array"}},
            "truncated": {"type": "boolean", "description": "There were more rows, or more than 192 KB of them."}
          }
        }
        """)!;
}
