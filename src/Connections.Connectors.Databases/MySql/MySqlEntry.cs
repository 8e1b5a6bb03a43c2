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
        "If off, only SELECT, WITH, SHOW, DESCRIBE, EXPLAIN, TABLE and VALUES are allowed, each in a read-only transaction. "
        + "This protects against mistakes. For real protection, use a database user with read rights only.",
        "A list fills ? in order; an object fills :name or @name.",
        JsonNode.Parse("""
            {"sql": "select id, total from orders where customer = :customer", "parameters": {"customer": "ACME"}, "maxRows": 100}
            """)!);
}
