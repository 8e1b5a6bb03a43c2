using System.Text.Json.Nodes;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Databases;

namespace Connections.Connectors.Postgres;

internal static class PostgresEntry
{
    public const string Id = "postgres";
    public const int DefaultPort = 5432;

    public static CatalogueEntry Create() => DatabaseEntry.Create(
        Id, "PostgreSQL", DefaultPort,
        "If off, each query runs in a read-only transaction. This protects against mistakes. For real protection, use a database user with read rights only.",
        "A list fills $1, $2 …; an object fills :name or @name.",
        JsonNode.Parse("""
            {"sql": "select id, total from orders where customer = :customer", "parameters": {"customer": "ACME"}, "maxRows": 100}
            """)!);
}
