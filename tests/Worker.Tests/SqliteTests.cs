using Worker.Tests.Checks;
using Worker.Tests.Grants;
using Worker.Tests.Harness;
using Worker.Tests.Jobs;
using Worker.Tests.Waiting;

namespace Worker.Tests;

public sealed class SqliteSweepTests() : SweepContract(new SqliteRows());

public sealed class SqliteRetentionTests() : RetentionContract(new SqliteRows());

public sealed class SqliteSecretsLeftTests() : SecretsLeftContract(new SqliteRows());

public sealed class SqliteReleaseTests() : ReleaseContract(new SqliteRows());

public sealed class SqliteOpenAgeTests() : OpenAgeContract(new SqliteRows());

public sealed class SqliteLostAttemptTests() : LostAttemptContract(new SqliteRows());

public sealed class SqliteReportFailuresTests() : ReportFailuresContract(new SqliteRows());

public sealed class SqliteListPlanTests() : ListPlanContract(new SqliteRows());

public sealed class SqliteQueryPlanTests() : QueryPlanContract(new SqliteRows());

public sealed class SqliteCrowdTests(ITestOutputHelper output) : CrowdContract(new SqliteRows(), 100_000, output);

public sealed class SqliteUsageTests() : UsageContract(new SqliteRows());

public sealed class SqliteListTests() : ListContract(new SqliteRows());

public sealed class SqliteRacingNotesTests() : RacingNotesContract(new SqliteRows());

public sealed class SqliteGrantLifetimeTests() : GrantLifetimeContract(new SqliteRows());

public sealed class SqliteConnectionStatusTests() : ConnectionStatusContract(new SqliteRows());
