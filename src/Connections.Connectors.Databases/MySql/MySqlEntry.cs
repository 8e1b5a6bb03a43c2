using System.Text.Json.Nodes;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Databases;

namespace Connections.Connectors.MySql;

internal static class MySqlEntry
{
    public const string Id = "mysql";
    public const int DefaultPort = 3306;

    public static CatalogueEntry Create() => DatabaseEntry.Create(
        Id, "MySQL or MariaDB", DefaultPort,
        "Without it only SELECT, WITH, SHOW, DESCRIBE, EXPLAIN, TABLE and VALUES are taken, each in a read-only transaction. "
        + "That guards against mistakes; the sure limit is a user who may only read.",
        "? for each value of a list, in their order, :name or @name for an object.",
        JsonNode.Parse("""
            {"sql": "select id, total from orders where customer = :customer", "parameters": {"customer": "ACME"}, "maxRows": 100}
            """)!);
}
