using TestServers;
using Worker.Tests.Checks;
using Worker.Tests.Grants;
using Worker.Tests.Harness;
using Worker.Tests.Jobs;
using Worker.Tests.Waiting;

namespace Worker.Tests;

public sealed class PostgresSweepTests(PostgresDatabases databases) : SweepContract(new PostgresRows(databases));

public sealed class PostgresRetentionTests(PostgresDatabases databases) : RetentionContract(new PostgresRows(databases));

public sealed class PostgresSecretsLeftTests(PostgresDatabases databases) : SecretsLeftContract(new PostgresRows(databases));

public sealed class PostgresReleaseTests(PostgresDatabases databases) : ReleaseContract(new PostgresRows(databases));

public sealed class PostgresOpenAgeTests(PostgresDatabases databases) : OpenAgeContract(new PostgresRows(databases));

public sealed class PostgresLostAttemptTests(PostgresDatabases databases) : LostAttemptContract(new PostgresRows(databases));

public sealed class PostgresReportFailuresTests(PostgresDatabases databases) : ReportFailuresContract(new PostgresRows(databases));

public sealed class PostgresListPlanTests(PostgresDatabases databases) : ListPlanContract(new PostgresRows(databases));

public sealed class PostgresQueryPlanTests(PostgresDatabases databases) : QueryPlanContract(new PostgresRows(databases));

public sealed class PostgresCrowdTests(PostgresDatabases databases, ITestOutputHelper output)
    : CrowdContract(new PostgresRows(databases), 10_000, output);

public sealed class PostgresUsageTests(PostgresDatabases databases) : UsageContract(new PostgresRows(databases));

public sealed class PostgresListTests(PostgresDatabases databases) : ListContract(new PostgresRows(databases));

public sealed class PostgresRacingNotesTests(PostgresDatabases databases) : RacingNotesContract(new PostgresRows(databases));

public sealed class PostgresGrantLifetimeTests(PostgresDatabases databases) : GrantLifetimeContract(new PostgresRows(databases));

public sealed class PostgresConnectionStatusTests(PostgresDatabases databases) : ConnectionStatusContract(new PostgresRows(databases));
