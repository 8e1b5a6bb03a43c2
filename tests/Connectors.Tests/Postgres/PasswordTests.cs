using Connections.Connectors.Catalogue;
using Connections.Connectors.Postgres;
using Connections.Domain;
using Connectors.Tests.Rogue;
using static Connectors.Tests.Rogue.RoguePostgres;

namespace Connectors.Tests.Postgres;

public sealed class PasswordTests(PostgresFixture fixture) : IAsyncDisposable
{
    private readonly Database database = new(fixture.Server);

    [Theory]
    [InlineData("pa\u00adss-word")]
    [InlineData("pa\u00a0ss\u2003word")]
    [InlineData("\u2168-nine")]
    [InlineData("p\u200bw")]
    [InlineData("ﬁne-ｗｏｒｄ")]
    [InlineData("cafe\u0301")]
    [InlineData("x\u1806y\ufeffz")]
    [InlineData("pass\u0007word")]
    [InlineData("\u0627\u0031")]
    [InlineData("smile😀\u00adx")]
    [InlineData("plain ascii")]
    [InlineData("\u2029")]
    public async Task A_password_is_prepared_as_the_server_prepares_it(string password)
    {
        var user = $"prepared_{Guid.CreateVersion7():n}";
        await fixture.Server.Sql($"CREATE ROLE {user} LOGIN PASSWORD '{password}'");
        var probe = await database.Probe(database.Use(user: user, password: password));
        Assert.Null(probe.Failure?.Message);
        Assert.Equal(FailureKind.ReauthRequired, (await database.Probe(database.Use(version: 2, user: user, password: password + "x"))).Failure!.Kind);
    }

    [Theory]
    [InlineData("I\u00adX", "IX")]
    [InlineData("user", "user")]
    [InlineData("\u00aa", "a")]
    [InlineData("\u2168", "IX")]
    [InlineData("\u0007\u00ad", "\u0007\u00ad")]
    [InlineData("\u0627\u0031", "\u0627\u0031")]
    public void The_examples_of_RFC_4013_hold(string password, string prepared) => Assert.Equal(prepared, SaslPrep.Prepare(password));

    [Fact]
    public async Task A_password_is_sent_unchanged_where_the_server_hashes_it_otherwise()
    {
        var server = await PostgresFixture.Prepared();
        await using (server)
        {
            await server.Sql("SET password_encryption = 'md5'; CREATE ROLE old LOGIN PASSWORD 'pa\u00adss'");
            await server.UseRules("host all old all md5", "host all all all password");
            await using var other = new Database(server);
            Assert.Null((await other.Probe(other.Use(user: "old", password: "pa\u00adss"))).Failure?.Message);
            await server.Sql("CREATE ROLE clear LOGIN PASSWORD 'pa\u00adss'");
            Assert.Null((await other.Probe(other.Use(user: "clear", password: "pa\u00adss"))).Failure?.Message);
        }
    }

    [Fact]
    public async Task A_user_without_a_password_signs_in_where_the_server_asks_for_none()
    {
        await using var server = await PostgresFixture.Prepared();
        await server.UseRules("host all all all trust");
        await using var other = new Database(server);
        Assert.Null((await other.Probe(other.Use(password: ""))).Failure?.Message);
    }

    [Fact]
    public async Task A_missing_password_is_named()
    {
        var probe = await database.Probe(database.Use(password: ""));
        Assert.Equal(FailureKind.ReauthRequired, probe.Failure!.Kind);
        Assert.Contains("requires a password", probe.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_password_of_the_environment_is_sent()
    {
        Environment.SetEnvironmentVariable("PGPASSWORD", "canary-environment");
        try
        {
            byte[] answer = [];
            using var rogue = new RogueServer(async (stream, ct) =>
            {
                await Startup(stream, ct);
                await stream.WriteAsync(Authentication(3), ct);
                answer = (await Read(stream, ct)).Body;
            });
            await using var other = new Database(fixture.Server, tls: "disable");
            other.Settings["port"] = rogue.Port;
            Assert.NotNull((await other.Probe(other.Use(password: ""))).Failure);
            Assert.DoesNotContain("canary", System.Text.Encoding.UTF8.GetString(answer), StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("PGPASSWORD", null);
        }
    }

    [Theory]
    [InlineData("prefer", true)]
    [InlineData("require", false)]
    [InlineData("disable", true)]
    public async Task A_user_who_is_admitted_only_unencrypted_signs_in_like_psql(string tls, bool admitted)
    {
        await using var server = await PostgresFixture.Prepared();
        await server.UseRules("hostnossl all all all scram-sha-256");
        await using var other = new Database(server, tls: tls);
        var probe = await other.Probe();
        Assert.Equal(admitted, probe.Ok);
        if (!admitted) Assert.Equal(FailureKind.ReauthRequired, probe.Failure!.Kind);
        else Assert.Equal("\"false\"", await other.Value("SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()"));
    }

    [Fact]
    public async Task A_wrong_password_is_not_repeated_on_an_unencrypted_line()
    {
        await using var server = await PostgresFixture.Prepared();
        await using var other = new Database(server);
        Assert.Equal(FailureKind.ReauthRequired, (await other.Probe(other.Use(password: "wrong"))).Failure!.Kind);
        Assert.Equal(1, server.Log().Split("password authentication failed").Length - 1);
    }

    [Fact]
    public void New_connections_are_encrypted_and_need_no_password()
    {
        var entry = database.Connector.Entry;
        var form = FormCheck.Check(
            entry, System.Text.Json.JsonSerializer.SerializeToElement(new { host = "db.example.com", database = "shop" }),
            System.Text.Json.JsonSerializer.SerializeToElement(new { username = "app", password = "" }));
        Assert.Empty(form.Errors);
        Assert.Equal("require", form.Settings.GetProperty("tls").GetString());
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();
}
