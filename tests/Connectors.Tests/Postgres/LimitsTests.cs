using Connections.Connectors;
using Connections.Connectors.Databases;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Microsoft.Extensions.Time.Testing;

namespace Connectors.Tests.Postgres;

public sealed class LimitsTests(PostgresFixture fixture) : IAsyncDisposable
{
    private readonly Database database = new(fixture.Server);

    [Theory]
    [InlineData(1000, null, 1000, false)]
    [InlineData(1001, null, 1000, true)]
    [InlineData(10, 3, 3, true)]
    [InlineData(3, 3, 3, false)]
    [InlineData(100_000, 5, 5, true)]
    public async Task The_number_of_rows_is_limited(int there, int? wanted, int answered, bool truncated)
    {
        var answer = await database.Query($"SELECT i FROM generate_series(1, {there}) i", maxRows: wanted);
        Assert.Equal(answered, answer.GetProperty("rows").GetArrayLength());
        Assert.Equal(truncated, answer.GetProperty("truncated").GetBoolean());
        Assert.Equal("1", await database.Value("SELECT 1"));
    }

    [Theory]
    [InlineData("SELECT repeat('x', 1000) FROM generate_series(1, 1000)")]
    [InlineData("SELECT repeat(chr(1), 1000) FROM generate_series(1, 1000)")]
    [InlineData("SELECT repeat('€', 1000) FROM generate_series(1, 1000)")]
    [InlineData("SELECT convert_to(repeat('x', 1000), 'UTF8') FROM generate_series(1, 1000)")]
    public async Task Results_are_cut_at_whole_rows(string sql)
    {
        var answer = await database.Query(sql);
        Assert.True(answer.GetProperty("truncated").GetBoolean());
        var size = System.Text.Encoding.UTF8.GetByteCount(answer.GetRawText());
        Assert.InRange(size, ConnectorRunner.OutputLimit / 2, ConnectorRunner.OutputLimit);
    }

    [Fact]
    public async Task A_value_larger_than_the_output_limit_is_not_read_completely()
    {
        var answer = await database.Query("SELECT 'first', ARRAY[1] UNION ALL SELECT repeat('x', 100000000), ARRAY[2]");
        Assert.Equal("""[["first",[1]]]""", answer.GetProperty("rows").GetRawText());
        Assert.True(answer.GetProperty("truncated").GetBoolean());
        Assert.Equal("1", await database.Value("SELECT 1"));
    }

    [Fact]
    public async Task A_statement_that_takes_too_long_is_cancelled_at_the_server()
    {
        var failed = Assert.IsType<ConnectorResult.Failed>(await database.Run("SELECT pg_sleep(600), 'limits-a'", timeout: TimeSpan.FromMilliseconds(500)));
        Assert.Equal(FailureKind.Timeout, failed.Kind);
        await WaitUntilEnded("limits-a");
        Assert.Equal("1", await database.Value("SELECT 1"));
    }

    [Fact]
    public async Task The_server_gets_the_timeout() =>
        Assert.Equal("true", await database.Value("SELECT current_setting('statement_timeout')::interval BETWEEN '30 s' AND '60 s'"));

    [Fact]
    public async Task A_cancelled_call_is_cancelled_at_the_server()
    {
        using var cancelled = new CancellationTokenSource();
        var running = database.Run("SELECT pg_sleep(600), 'limits-b'", ct: cancelled.Token);
        await Eventually.Holds(async () => await Running("limits-b") == "1", "the statement runs");
        await cancelled.CancelAsync();
        Assert.Equal(FailureKind.Timeout, Assert.IsType<ConnectorResult.Failed>(await running).Kind);
        await WaitUntilEnded("limits-b");
    }

    [Fact]
    public async Task The_number_of_sessions_does_not_exceed_the_concurrency_limit()
    {
        await using var still = new Database(fixture.Server, clock: new FakeTimeProvider());
        var results = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => still.Run("SELECT pg_sleep(0.02), 'limits-c'")));
        Assert.All(results, r => Assert.IsType<ConnectorResult.Done>(r));
        Assert.InRange(still.Pools.For(still.Use(), DatabaseSettings.Parse(still.Use().Settings, 5432), 10).Idle, 1, 10);
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    private Task<string?> Running(string mark) =>
        fixture.Server.Sql($"SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE '%{mark}%'");

    private Task WaitUntilEnded(string mark) => Eventually.Holds(async () => await Running(mark) == "0", "the statement ends at the server");
}
