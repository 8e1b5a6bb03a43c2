using Connections.Domain;
using Connectors.Tests.Databases;

namespace Connectors.Tests.MySql;

public sealed class MySqlContractTests(DatabaseFixture<MariaDbDialect> fixture) : DatabaseConnectorContract<MariaDbDialect>(fixture);

public sealed class MySqlSessionTests(DatabaseFixture<MariaDbDialect> fixture) : DatabaseSessionContract<MariaDbDialect>(fixture)
{
    // The table may be of an engine without transactions.
    protected override Delivered LostWrite => Delivered.Maybe;
}
