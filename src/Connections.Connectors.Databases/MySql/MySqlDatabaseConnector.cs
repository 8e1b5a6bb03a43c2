using System.Text.Json;
using Connections.Connectors.Databases;

namespace Connections.Connectors.MySql;

/// <summary>MySQL and MariaDB: one protocol, two dialects.</summary>
internal sealed class MySqlDatabaseConnector(IDatabaseDriver<MySqlSession> driver, SessionPools<MySqlSession> pools, TimeProvider clock)
    : DatabaseConnector<MySqlSession>(MySqlEntry.Create(), MySqlEntry.DefaultPort, driver, pools, clock)
{
    private readonly TimeProvider clock = clock;

    protected override IDatabaseQuery<MySqlSession>? Query(JsonElement input, DatabaseSettings settings, int maxRows, out string? problem) =>
        MySqlStatement.Parse(input, settings.AllowWrites, out problem) is { } statement
            ? new MySqlQuery(settings, statement, maxRows, clock)
            : null;
}
