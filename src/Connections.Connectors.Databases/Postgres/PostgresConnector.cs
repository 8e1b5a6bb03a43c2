using System.Text.Json;
using Connections.Connectors.Databases;

namespace Connections.Connectors.Postgres;

internal sealed class PostgresConnector(IDatabaseDriver<PostgresSession> driver, SessionPools<PostgresSession> pools, TimeProvider clock)
    : DatabaseConnector<PostgresSession>(PostgresEntry.Create(), PostgresEntry.DefaultPort, driver, pools, clock)
{
    private readonly TimeProvider clock = clock;

    protected override IDatabaseQuery<PostgresSession>? Query(JsonElement input, DatabaseSettings settings, int maxRows, out string? problem) =>
        SqlStatement.Parse(input, out problem) is { } statement ? new PostgresQuery(settings, statement, maxRows, clock) : null;
}
