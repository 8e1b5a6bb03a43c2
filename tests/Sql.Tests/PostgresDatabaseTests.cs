using Dapper;
using EventSourcing;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;
using Npgsql;
using TestServers;

namespace Sql.Tests;

/// <summary>What is PostgreSQL's own: how it is opened, and how it says no.</summary>
public sealed class PostgresDatabaseTests(PostgresDatabases databases)
{
    [Theory]
    [InlineData("", true)]
    [InlineData(";Max Auto Prepare=0", false)]
    public async Task Statements_are_prepared_unless_the_connection_string_says_otherwise(string more, bool prepared)
    {
        await using var database = new PostgresDatabase(await Fresh() + more);
        await using var connection = await database.Open(default);
        for (var i = 0; i < 8; i++) await connection.ExecuteScalarAsync<int>("SELECT @i + 1", new { i });

        Assert.Equal(prepared, await connection.ExecuteScalarAsync<int>("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%+ 1'") > 0);
    }

    [Theory]
    [InlineData("Password", "hunter2", "does not take the password of connections")]
    [InlineData("Username", "nobody", "nobody")]
    [InlineData("Database", "nowhere", "There is no database \"nowhere\"")]
    [InlineData("Root Certificate", "/nowhere/ca.crt", "certificate")]
    public async Task Who_is_not_let_in_is_told_what_to_change_and_no_password_is_quoted(string setting, string value, string told)
    {
        var settings = new NpgsqlConnectionStringBuilder(await Fresh()) { [setting] = value, SslMode = SslMode.VerifyFull };
        if (setting != "Root Certificate") settings.SslMode = SslMode.Prefer;
        await using var database = new PostgresDatabase(settings.ToString());

        var refused = await Assert.ThrowsAsync<PostgresRefusedException>(async () => await database.Open(default));

        Assert.Contains(told, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refused.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(PostgresDatabases.Password, refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_of_an_unknown_authority_is_refused()
    {
        await using var database = new PostgresDatabase(new NpgsqlConnectionStringBuilder(await Fresh()) { SslMode = SslMode.VerifyFull }.ToString());

        var refused = await Assert.ThrowsAsync<PostgresRefusedException>(async () => await database.BeginWrite(default));

        Assert.Contains("The certificate of PostgreSQL", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1", "ConnectionRefused")]
    [InlineData("nowhere.invalid", "HostNotFound")]
    public async Task A_server_that_is_away_is_told_apart(string host, string kind)
    {
        await using var database = new PostgresDatabase($"Host={host};Port=1;Database=rows;Username=me;Password=hunter2;Timeout=5");

        var away = await Assert.ThrowsAsync<PostgresUnreachableException>(async () => await database.Open(default));

        Assert.Equal($"PostgreSQL at {host}:1/rows does not answer ({kind}).", away.Message);
    }

    [Fact]
    public async Task Who_falls_silent_within_a_transaction_loses_it_and_its_locks_go_to_the_next()
    {
        await using var database = new PostgresDatabase(await Fresh());
        await Checkpoints.Tables.Apply(database, default);
        await using var silent = await database.BeginWrite(default);
        Assert.True(await Checkpoints.Move(silent, "loop", Position.Start, 1, default));

        Assert.True(await new Checkpoints(database).Move("loop", Position.Start, 2, default)); // waits for the row

        await Assert.ThrowsAnyAsync<Exception>(async () => await silent.Commit(default));
        Assert.Equal(2, await new Checkpoints(database).Read("loop", default));
    }

    [Fact]
    public void What_is_no_connection_string_is_refused_unquoted()
    {
        var refused = Assert.Throws<ArgumentException>(() => new PostgresDatabase("Host=db;Password=hunter2;Nonsense=1"));

        Assert.DoesNotContain("hunter2", refused.ToString(), StringComparison.Ordinal);
        Assert.Contains(PostgresDatabase.Example, refused.Message, StringComparison.Ordinal);
    }

    private Task<string> Fresh()
    {
        Assert.SkipUnless(PostgresServer.Available, PostgresDatabases.Missing);
        return databases.Fresh();
    }
}
