using System.Text.Json.Nodes;
using Connections.Connectors.Catalogue;

namespace Connections.Connectors.Databases;

/// <summary>The form and the activities that all database connectors share.</summary>
internal static class DatabaseEntry
{
    public const string RunQuery = "run-query";
    public const string Execute = "execute";
    public const int DefaultRows = 1_000;
    public const int MaxRows = 10_000;

    public static CatalogueEntry Create(
        string id, string name, int defaultPort, string writes, string parameters, JsonNode example, FormField? tls = null) => new(
        id, name, "database", $"Run queries on a {name} database.", "password", Settings(defaultPort, writes, tls ?? Tls), Credentials(), Scopes: [],
        Activities:
        [
            new ActivityDescription(
                RunQuery, "Run a query", "Runs one SQL statement and returns its rows.", Input(parameters), Output(), example),
            new ActivityDescription(
                Execute, "Change data", "Runs one SQL statement that writes, and returns how many rows it changed. The connection must allow writes.",
                Input(parameters), Changed(), JsonNode.Parse(ExecuteExample)!)
        ]);

    private const string ExecuteExample = """{"sql": "update orders set total = 0 where id = :id", "parameters": {"id": 7}}""";

    private static FormField Tls { get; } =
        new(
            "tls", "Encryption", "string", false, false,
            "disable: not encrypted. prefer: encrypted if the server supports it, so anyone on the way can prevent it and read the password. "
            + "require: always encrypted; a CA certificate, if given, must match. "
            + "verify-full: always encrypted; the certificate must be valid for this host.",
            "verify-full", "require", ["disable", "prefer", "require", "verify-full"]);

    private static List<FormField> Settings(int defaultPort, string writes, FormField tls) =>
    [
        new("host", "Host", "string", true, false,
            "The server's name or address, as your database's administrator or cloud console shows it.", "db.example.com", MaxBytes: 1024),
        new("port", "Port", "integer", false, false,
            $"{defaultPort} unless the server was set up otherwise.", defaultPort, defaultPort, Minimum: 1, Maximum: 65535),
        new("database", "Database", "string", true, false,
            "The database to use. A connection reaches one database.", "shop", MaxBytes: 1024),
        tls,
        new("caCertificate", "CA certificate", "text", false, false,
            "The CA certificate (PEM) that issued the server's certificate, if the CA is not a public one.",
            "-----BEGIN CERTIFICATE-----…", MaxBytes: 64 * 1024),
        new("allowWrites", "Allow writes", "boolean", false, false, writes, true, false),
        new("ssh", "SSH tunnel", "object", false, false,
            "If the database is reachable only through an SSH host: host, port (22), user, and hostKeyFingerprint as SHA256:…, "
            + "which the first connection test shows. The SSH host resolves the name of the database's host.",
            JsonNode.Parse("""{"host": "bastion.example.com", "port": 22, "user": "tunnel", "hostKeyFingerprint": "SHA256:…"}"""))
    ];

    private static List<FormField> Credentials() =>
    [
        new("username", "User name", "string", true, false,
            "The database user. Use one made for this purpose, with only the rights it needs.", "app", MaxBytes: 1024),
        new("password", "Password", "string", false, true, "The database user's password. Empty if the user has none.", MaxBytes: 1024),
        new("sshPassword", "SSH password", "string", false, true, "The password of the SSH user, if the SSH host takes a password.", MaxBytes: 1024),
        new("sshPrivateKey", "SSH private key", "text", false, true,
            "The private key of the SSH user: the whole file, in OpenSSH or PEM form.", MaxBytes: 32 * 1024),
        new("sshPassphrase", "Passphrase of the key", "string", false, true, "The passphrase, if the private key is encrypted.", MaxBytes: 1024)
    ];

    private static JsonNode Input(string parameters) => JsonNode.Parse($$"""
        {
          "type": "object",
          "additionalProperties": false,
          "required": ["sql"],
          "properties": {
            "sql": {"type": "string", "minLength": 1, "maxLength": 131072, "description": "One statement. Values go into parameters."},
            "parameters": {"type": ["array", "object"], "maxItems": 1000, "description": "{{parameters}}"},
            "maxRows": {"type": "integer", "minimum": 1, "maximum": {{MaxRows}}, "default": {{DefaultRows}}}
          }
        }
        """)!;

    private static JsonNode Changed()
    {
        var output = Output();
        output["required"] = new JsonArray("rowsAffected");
        output["properties"]!["rowsAffected"]!["description"] = "How many rows were changed. 0 for a statement that changes no rows, such as CREATE TABLE.";
        output["properties"]!["rows"]!["description"] = "The rows that the statement returned (RETURNING). Absent if it returned none.";
        return output;
    }

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
            "truncated": {"type": "boolean", "description": "There were more rows, or more than 192 KB of them."},
            "rowsAffected": {"type": "integer", "description": "How many rows the statement wrote. Absent for a statement that only reads."}
          }
        }
        """)!;
}
