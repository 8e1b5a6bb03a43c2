using System.Text.Json.Nodes;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Databases;

namespace Connections.Connectors.SqlServer;

internal static class SqlServerEntry
{
    public const string Id = "sqlserver";
    public const string Strict = "strict";
    public const int DefaultPort = 1433;

    public static CatalogueEntry Create() => DatabaseEntry.Create(
        Id, "SQL Server", DefaultPort,
        "If off, only a SELECT is allowed whose parts and functions are all known to have no effect, in a transaction that is rolled back. "
        + "This protects against mistakes. For real protection, use a login with read rights only (db_datareader).",
        "A list fills @p1, @p2 …; an object fills @name or :name.",
        JsonNode.Parse("""
            {"sql": "select id, total from orders where customer = @customer", "parameters": {"customer": "ACME"}, "maxRows": 100}
            """)!,
        new FormField(
            "tls", "Encryption", "string", false, false,
            "disable: not encrypted, not even the password. require: always encrypted; a CA certificate, if given, must match. "
            + "verify-full: always encrypted; the certificate must be valid for this host. "
            + "strict: as verify-full, with TDS 8.0 (SQL Server 2022 or newer, Azure SQL).",
            "verify-full", "require", ["disable", "require", "verify-full", Strict]));
}
