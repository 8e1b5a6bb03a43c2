using Dapper;
using EventSourcing;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;
using Npgsql;
using TestServers;

namespace Sql.Tests;

/// <summary>Behaviour specific to PostgreSQL: opening connections and explaining rejections.</summary>
public sealed class PostgresDatabaseTests(PostgresDatabases databases)
{
    [Theory]
    [InlineData("", true)]
    [InlineData(";Max Auto Prepare=0", false)]
    public async Task Statements_are_prepared_unless_the_connection_string_disables_it(string more, bool prepared)
    {
        await using var database = new PostgresDatabase(await Fresh() + more);
        await using var connection = await database.Open(default);
        for (var i = 0; i < 8; i++) await connection.ExecuteScalarAsync<int>("SELECT @i + 1", new { i });

        Assert.Equal(prepared, await connection.ExecuteScalarAsync<int>("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%+ 1'") > 0);
    }

    [Theory]
    [InlineData("Password", "hunter2", "rejects the password of connections")]
    [InlineData("Username", "nobody", "nobody")]
    [InlineData("Database", "nowhere", "There is no database \"nowhere\"")]
    [InlineData("Root Certificate", "/nowhere/ca.crt", "certificate")]
    public async Task A_rejected_connection_names_the_remedy_and_quotes_no_password(string setting, string value, string expected)
    {
        var settings = new NpgsqlConnectionStringBuilder(await Fresh()) { [setting] = value, SslMode = SslMode.VerifyFull };
        if (setting != "Root Certificate") settings.SslMode = SslMode.Prefer;
        await using var database = new PostgresDatabase(settings.ToString());

        var refused = await Assert.ThrowsAsync<PostgresRefusedException>(async () => await database.Open(default));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refused.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(PostgresDatabases.Password, refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_of_an_unknown_authority_is_rejected()
    {
        await using var database = new PostgresDatabase(new NpgsqlConnectionStringBuilder(await Fresh()) { SslMode = SslMode.VerifyFull }.ToString());

        var refused = await Assert.ThrowsAsync<PostgresRefusedException>(async () => await database.BeginWrite(default));

        Assert.Contains("The certificate of PostgreSQL", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1", "ConnectionRefused")]
    [InlineData("nowhere.invalid", "HostNotFound")]
    public async Task An_unavailable_server_is_reported_as_unreachable(string host, string kind)
    {
        await using var database = new PostgresDatabase($"Host={host};Port=1;Database=rows;Username=me;Password=hunter2;Timeout=5");

        var unreachable = await Assert.ThrowsAsync<PostgresUnreachableException>(async () => await database.Open(default));

        Assert.Equal($"PostgreSQL at {host}:1/rows does not answer ({kind}).", unreachable.Message);
    }

    [Fact]
    public async Task An_idle_transaction_is_ended_and_its_locks_are_released()
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
    public void A_malformed_connection_string_is_rejected_and_not_quoted()
    {
        var refused = Assert.Throws<ArgumentException>(() => new PostgresDatabase("Host=db;Password=hunter2;Nonsense=1"));

        Assert.DoesNotContain("hunter2", refused.ToString(), StringComparison.Ordinal);
        Assert.Contains(PostgresDatabase.Example, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_of_a_migration_may_take_longer_than_other_commands()
    {
        await using var database = new PostgresDatabase($"{await Fresh()};Command Timeout=1");
        var slow = new Migrations("slow", "SELECT pg_sleep(2); CREATE TABLE slow (id INTEGER)");
        await slow.Apply(database, default);
        Assert.Equal(1, await slow.Version(database, default));
    }

    private Task<string> Fresh()
    {
        Assert.SkipUnless(PostgresServer.Available, PostgresDatabases.Missing);
        return databases.Fresh();
    }
}
