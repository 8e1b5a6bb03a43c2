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
        "Without it each query runs in a read-only transaction. That guards against mistakes; the sure limit is a user who may only read.",
        "$1, $2 … for a list, :name or @name for an object.",
        JsonNode.Parse("""
            {"sql": "select id, total from orders where customer = :customer", "parameters": {"customer": "ACME"}, "maxRows": 100}
            """)!);
}
