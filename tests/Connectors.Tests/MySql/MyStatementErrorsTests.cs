using Connections.Connectors.MySql;
using Connections.Domain;

namespace Connectors.Tests.MySql;

public sealed class MyStatementErrorsTests(MariaDbFixture fixture) : IAsyncDisposable
{
    private readonly MyDatabase writing = new(fixture.Server, allowWrites: true);

    [Theory]
    [InlineData("SIGNAL SQLSTATE '28000'")]
    [InlineData("SIGNAL SQLSTATE '28000' SET MYSQL_ERRNO = 1045")]
    [InlineData("SIGNAL SQLSTATE '28000' SET MYSQL_ERRNO = 1698")]
    [InlineData("SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1820")]
    [InlineData("SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1862")]
    [InlineData("SIGNAL SQLSTATE '42000' SET MYSQL_ERRNO = 1049")]
    [InlineData("SIGNAL SQLSTATE '42000' SET MYSQL_ERRNO = 1044")]
    [InlineData("SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 4151")]
    [InlineData("SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 3955")]
    [InlineData("SELECT * FROM nosuch.orders")]
    [InlineData("SELECT LOAD_FILE(1), nosuch.f()")]
    public async Task A_statement_never_marks_or_pauses_the_connection(string sql)
    {
        var failed = await writing.Fails(sql);
        Assert.Contains(failed.Kind, new[] { FailureKind.InvalidInput, FailureKind.Forbidden });
        Assert.Equal(Delivered.Yes, failed.Delivered);
        Assert.Equal("1", await writing.Value("SELECT 1"));
    }

    [Theory]
    [InlineData(3024)]
    [InlineData(1226)]
    [InlineData(1021)]
    [InlineData(1040)]
    [InlineData(1820)]
    public async Task A_user_defined_exception_is_the_statements(int number)
    {
        var failed = await writing.Fails($"SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = {number}");
        Assert.Equal((FailureKind.InvalidInput, Delivered.Yes), (failed.Kind, failed.Delivered));
    }

    [Theory]
    [InlineData(1213, "40001", FailureKind.Unavailable)]
    [InlineData(1205, "HY000", FailureKind.Unavailable)]
    [InlineData(3024, "HY000", FailureKind.Timeout)]
    [InlineData(1969, "70100", FailureKind.Timeout)]
    [InlineData(1226, "42000", FailureKind.Throttled)]
    [InlineData(1021, "HY000", FailureKind.Unavailable)]
    [InlineData(1045, "28000", FailureKind.Forbidden)]
    [InlineData(1820, "HY000", FailureKind.InvalidInput)]
    [InlineData(1040, "08004", FailureKind.InvalidInput)]
    [InlineData(1644, "45000", FailureKind.InvalidInput)]
    public void Number_and_state_determine_the_failure_kind(int number, string state, FailureKind kind) =>
        Assert.Equal(kind, MySqlFailures.AtStatement(number, state, "no").Kind);

    [Theory]
    [InlineData(1820)]
    [InlineData(1862)]
    public void An_expired_password_marks_the_connection_before_the_statement(int number) =>
        Assert.Equal(FailureKind.ReauthRequired, MySqlFailures.BeforeStatement(number, "HY000", "no").Kind);

    [Theory]
    [InlineData("SELEC 1", "1064")]
    [InlineData("selct * from orders", "1064")]
    [InlineData("SHWO TABLES", "1064")]
    [InlineData("DELET FROM orders", "1064")]
    [InlineData("1 + 1", "1064")]
    [InlineData("WIHT a AS (SELECT 1) SELECT * FROM a", "1064")]
    public async Task A_misspelt_statement_gets_the_servers_error(string sql, string expected)
    {
        await using var reading = new MyDatabase(fixture.Server);
        var failed = await reading.Fails(sql);
        Assert.Equal((FailureKind.InvalidInput, Delivered.Yes), (failed.Kind, failed.Delivered));
        Assert.Contains(expected, failed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BACKUP STAGE START")]
    [InlineData("BACKUP LOCK orders")]
    [InlineData("PURGE BINARY LOGS BEFORE NOW()")]
    [InlineData("INSTALL SONAME 'x'")]
    [InlineData("DELETE FROM orders")]
    public async Task A_statement_that_is_not_allowed_is_rejected_without_being_run(string sql)
    {
        await using var reading = new MyDatabase(fixture.Server);
        var failed = await reading.Fails(sql);
        Assert.Equal(FailureKind.InvalidInput, failed.Kind);
        Assert.Contains("read-only", failed.Message, StringComparison.Ordinal);
        Assert.Equal("1", await reading.Value("SELECT 1"));
    }

    public ValueTask DisposeAsync() => writing.DisposeAsync();
}
