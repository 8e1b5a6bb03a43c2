using Connections.Domain;
using Connectors.Tests.Databases;

namespace Connectors.Tests.Postgres;

public sealed class PostgresContractTests(DatabaseFixture<PostgresDialect> fixture) : DatabaseConnectorContract<PostgresDialect>(fixture);

public sealed class PostgresSessionTests(DatabaseFixture<PostgresDialect> fixture) : DatabaseSessionContract<PostgresDialect>(fixture)
{
    // The transaction was not committed: PostgreSQL changes nothing before that.
    protected override Delivered LostWrite => Delivered.No;
}
