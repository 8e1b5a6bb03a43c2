using System.Text.Json;
using Connections.Connectors.Databases;

namespace Connections.Connectors.SqlServer;

internal sealed class SqlServerConnector(IDatabaseDriver<SqlServerSession> driver, SessionPools<SqlServerSession> pools, TimeProvider clock)
    : DatabaseConnector<SqlServerSession>(SqlServerEntry.Create(), SqlServerEntry.DefaultPort, driver, pools, clock)
{
    private readonly TimeProvider clock = clock;

    protected override IDatabaseQuery<SqlServerSession>? Query(JsonElement input, DatabaseSettings settings, int maxRows,
        out string? problem) =>
        SqlServerStatement.Parse(input, settings.AllowWrites, out problem) is { } statement
            ? new SqlServerQuery(settings, statement, maxRows, clock)
            : null;
}
