using System.Text;
using Connections.Connectors;
using Connections.Connectors.Databases;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Microsoft.Extensions.Time.Testing;

namespace Connectors.Tests.MySql;

public sealed class MyLimitsTests(MariaDbFixture fixture) : IAsyncDisposable
{
    private readonly MyDatabase database = new(fixture.Server);

    [Theory]
    [InlineData("SELECT seq FROM seq_1_to_1000", null, 1000, false)]
    [InlineData("SELECT seq FROM seq_1_to_1001", null, 1000, true)]
    [InlineData("SELECT seq FROM seq_1_to_10", 3, 3, true)]
    [InlineData("SELECT seq FROM seq_1_to_3", 3, 3, false)]
    [InlineData("SELECT seq FROM seq_1_to_100000 LIMIT 50000", 5, 5, true)]
    [InlineData("SELECT seq FROM seq_1_to_1000000 UNION ALL SELECT 1 LIMIT 1000000", 5, 5, true)]
    public async Task The_number_of_rows_is_limited(string sql, int? wanted, int answered, bool truncated)
    {
        var answer = await database.Query(sql, maxRows: wanted);
        Assert.Equal(answered, answer.GetProperty("rows").GetArrayLength());
        Assert.Equal(truncated, answer.GetProperty("truncated").GetBoolean());
        Assert.Equal("1", await database.Value("SELECT 1"));
    }

    [Theory]
    [InlineData("SELECT repeat('x', 1000) FROM seq_1_to_1000")]
    [InlineData("SELECT repeat(char(1), 1000) FROM seq_1_to_1000")]
    [InlineData("SELECT repeat('€', 1000) FROM seq_1_to_1000")]
    [InlineData("SELECT CAST(repeat('x', 1000) AS BINARY) FROM seq_1_to_1000")]
    public async Task Results_are_cut_at_whole_rows(string sql)
    {
        var answer = await database.Query(sql);
        Assert.True(answer.GetProperty("truncated").GetBoolean());
        Assert.InRange(Encoding.UTF8.GetByteCount(answer.GetRawText()), ConnectorRunner.OutputLimit / 2, ConnectorRunner.OutputLimit);
    }

    [Fact]
    public async Task A_value_larger_than_the_output_limit_is_not_read_completely()
    {
        var answer = await database.Query("SELECT 'first', 1 UNION ALL SELECT repeat('x', 100000000), 2");
        Assert.Equal("""[["first",1]]""", answer.GetProperty("rows").GetRawText());
        Assert.True(answer.GetProperty("truncated").GetBoolean());
        Assert.Equal("1", await database.Value("SELECT 1"));
    }

    [Fact]
    public async Task A_statement_that_takes_too_long_is_cancelled_at_the_server()
    {
        var failed = Assert.IsType<ConnectorResult.Failed>(
            await database.Run("SELECT count(*), 'limits-a' FROM seq_1_to_100000000 a, seq_1_to_100000000 b", timeout: TimeSpan.FromMilliseconds(700)));
        Assert.Equal((FailureKind.Timeout, Delivered.No), (failed.Kind, failed.Delivered));
        await WaitUntilEnded("limits-a");
        Assert.Equal("1", await database.Value("SELECT 1"));
    }

    [Fact]
    public async Task The_server_gets_the_timeout() =>
        Assert.Equal("1", await database.Value("SELECT @@session.max_statement_time BETWEEN 30 AND 60"));

    [Fact]
    public async Task A_cancelled_call_is_cancelled_at_the_server()
    {
        using var cancelled = new CancellationTokenSource();
        var running = database.Run("SELECT count(*), 'limits-b' FROM seq_1_to_100000000 a, seq_1_to_100000000 b", ct: cancelled.Token);
        await Eventually.Holds(async () => await Running("limits-b") == "1", "the statement runs");
        await cancelled.CancelAsync();
        Assert.Equal(FailureKind.Timeout, Assert.IsType<ConnectorResult.Failed>(await running).Kind);
        await WaitUntilEnded("limits-b");
    }

    [Fact]
    public async Task The_number_of_sessions_does_not_exceed_the_concurrency_limit()
    {
        await using var still = new MyDatabase(fixture.Server, clock: new FakeTimeProvider());
        var results = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => still.Run("SELECT SLEEP(0.02), 'limits-c'")));
        Assert.All(results, r => Assert.IsType<ConnectorResult.Done>(r));
        Assert.InRange(still.Pools.For(still.Use(), DatabaseSettings.Parse(still.Use().Settings, 3306), 10).Idle, 1, 10);
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    private Task<string?> Running(string mark) => fixture.Server.Sql(
        $"SELECT count(*) FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND info LIKE '%{mark}%'");

    private Task WaitUntilEnded(string mark) => Eventually.Holds(async () => await Running(mark) == "0", "the statement ends at the server");
}
