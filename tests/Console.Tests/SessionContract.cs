using Connections.Hosting;
using Connections.Hosting.Keys;
using Connections.Hosting.Sessions;
using EventSourcing.Sql;
using Microsoft.Extensions.Time.Testing;
using TestServers;

namespace Console.Tests;

/// <summary>Sessions and one-time codes, the same in each database.</summary>
public abstract class SessionContract : IAsyncLifetime
{
    private const string Workspace = "default";

    private readonly Guid key = Guid.NewGuid();
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero));
    private SqlDatabase database = null!;

    private SessionStore Sessions => new(new KeyDatabase(database), clock);

    protected abstract Task<SqlDatabase> Create();

    public async ValueTask InitializeAsync()
    {
        database = await Create();
        await SessionStore.Tables.Apply(database, CancellationToken.None);
    }

    [Fact]
    public async Task A_session_is_found_by_its_token_only()
    {
        var token = await Sessions.Begin(Workspace, key, CancellationToken.None);
        Assert.Equal(key, (await Sessions.Find(token, CancellationToken.None))!.KeyId);
        Assert.Null(await Sessions.Find($"{token}x", CancellationToken.None));
        Assert.Equal(43, token.Length); // 256 bits
    }

    [Fact]
    public async Task The_session_of_a_person_has_the_role_and_the_name_of_its_sign_in()
    {
        var ada = new Person(Person.CreateId("https://login", "7"), Workspace, "Ada", Role.Manager, "rules");
        var token = await Sessions.Begin(ada, CancellationToken.None);
        Assert.Equal(ada, (await Sessions.Find(token, CancellationToken.None))!.Person);
        var renamed = await Sessions.Begin(ada with { Name = "Ada L.", Role = Role.Viewer }, CancellationToken.None);
        Assert.Equal(Role.Viewer, (await Sessions.Find(renamed, CancellationToken.None))!.Person!.Role);
        Assert.Equal("Ada L.", await Sessions.PersonName(Workspace, ada.Id, CancellationToken.None));
        Assert.Null(await Sessions.PersonName("another", ada.Id, CancellationToken.None));
        Assert.NotEqual(ada.Id, Person.CreateId("https://other", "7"));
        Assert.Null((await Sessions.Find(await Sessions.Begin(Workspace, key, CancellationToken.None), CancellationToken.None))!.Person);
        clock.Advance(Session.Longest);
        Assert.Null(await Sessions.Find(token, CancellationToken.None));
    }

    [Fact]
    public async Task The_sessions_of_all_people_end_and_those_of_keys_go_on()
    {
        var ada = await Sessions.Begin(new Person(Guid.NewGuid(), Workspace, "Ada", Role.Admin, "rules"), CancellationToken.None);
        var byKey = await Sessions.Begin(Workspace, key, CancellationToken.None);
        await Sessions.EndPeople(CancellationToken.None);
        Assert.Null(await Sessions.Find(ada, CancellationToken.None));
        Assert.NotNull(await Sessions.Find(byKey, CancellationToken.None));
    }

    [Fact]
    public async Task The_session_of_a_person_with_an_unknown_role_opens_nothing()
    {
        var token = await Sessions.Begin(new Person(Guid.NewGuid(), Workspace, "Ada", Role.Admin, "rules"), CancellationToken.None);
        await using (var write = await database.BeginWrite(CancellationToken.None))
        {
            await write.Execute([new SqlStatement("UPDATE sessions SET role = 'Owner'", new { })], CancellationToken.None);
            await write.Commit(CancellationToken.None);
        }

        Assert.Null(await Sessions.Find(token, CancellationToken.None));
    }

    [Fact]
    public async Task A_session_ends_after_two_hours_without_use()
    {
        var token = await Sessions.Begin(Workspace, key, CancellationToken.None);
        clock.Advance(TimeSpan.FromMinutes(119));
        await Sessions.Used(token, CancellationToken.None);
        clock.Advance(TimeSpan.FromMinutes(119));
        Assert.NotNull(await Sessions.Find(token, CancellationToken.None));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await Sessions.Find(token, CancellationToken.None));
    }

    [Fact]
    public async Task A_session_ends_after_twelve_hours_of_use()
    {
        var token = await Sessions.Begin(Workspace, key, CancellationToken.None);
        for (var i = 0; i < 12; i++)
        {
            Assert.NotNull(await Sessions.Find(token, CancellationToken.None));
            clock.Advance(TimeSpan.FromHours(1));
            await Sessions.Used(token, CancellationToken.None);
        }

        Assert.Null(await Sessions.Find(token, CancellationToken.None));
    }

    [Fact]
    public async Task An_ended_session_is_gone()
    {
        var token = await Sessions.Begin(Workspace, key, CancellationToken.None);
        await Sessions.End(token, CancellationToken.None);
        Assert.Null(await Sessions.Find(token, CancellationToken.None));
    }

    [Fact]
    public async Task Each_session_has_a_form_token_of_its_own()
    {
        var (one, other) = (await Sessions.Begin(Workspace, key, CancellationToken.None), await Sessions.Begin(Workspace, key, CancellationToken.None));
        var (first, second) = ((await Sessions.Find(one, CancellationToken.None))!, (await Sessions.Find(other, CancellationToken.None))!);
        Assert.True(first.IsFormToken(first.FormToken));
        Assert.False(first.IsFormToken(second.FormToken));
        Assert.False(first.IsFormToken(null));
    }

    [Fact]
    public async Task A_code_works_once()
    {
        var code = await Sessions.CreateCode(Workspace, key, CancellationToken.None);
        var used = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Sessions.UseCode(code, CancellationToken.None)));
        Assert.Equal(new SignInCode(Workspace, key), Assert.Single(used.OfType<SignInCode>()));
    }

    [Fact]
    public async Task A_code_ends_after_ten_minutes()
    {
        var code = await Sessions.CreateCode(Workspace, key, CancellationToken.None);
        clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Null(await Sessions.UseCode(code, CancellationToken.None));
    }

    [Theory]
    [InlineData(6)]
    [InlineData(24 * 60)]
    [InlineData(100 * 24 * 60)]
    public async Task A_session_and_a_code_that_were_made_while_the_clock_was_ahead_have_ended_once_it_is_right(int minutesAhead)
    {
        var ahead = new SessionStore(new KeyDatabase(database), new FakeTimeProvider(clock.GetUtcNow().AddMinutes(minutesAhead)));
        var (token, code) = (await ahead.Begin(Workspace, key, CancellationToken.None), await ahead.CreateCode(Workspace, key, CancellationToken.None));
        Assert.Null(await Sessions.Find(token, CancellationToken.None));
        Assert.Null(await Sessions.UseCode(code, CancellationToken.None));
    }

    [Fact]
    public async Task A_session_that_was_used_while_the_clock_was_ahead_has_ended_once_it_is_right()
    {
        var token = await Sessions.Begin(Workspace, key, CancellationToken.None);
        var ahead = new SessionStore(new KeyDatabase(database), new FakeTimeProvider(clock.GetUtcNow().AddMinutes(100)));
        await ahead.Used(token, CancellationToken.None);
        Assert.Null(await Sessions.Find(token, CancellationToken.None));
    }

    [Fact]
    public async Task The_clocks_of_two_hosts_may_differ_a_little()
    {
        var other = new SessionStore(new KeyDatabase(database), new FakeTimeProvider(clock.GetUtcNow().AddMinutes(4)));
        var (token, code) = (await other.Begin(Workspace, key, CancellationToken.None), await other.CreateCode(Workspace, key, CancellationToken.None));
        Assert.NotNull(await Sessions.Find(token, CancellationToken.None));
        Assert.NotNull(await Sessions.UseCode(code, CancellationToken.None));
    }

    public virtual ValueTask DisposeAsync() => database.DisposeAsync();
}

public sealed class SqliteSessionTests : SessionContract
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("sessions-");

    protected override Task<SqlDatabase> Create() =>
        Task.FromResult<SqlDatabase>(new SqliteDatabase(Path.Combine(folder.FullName, "keys.db"), SqliteDurability.Full));

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Delete(recursive: true);
    }
}

public sealed class PostgresSessionTests(PostgresSessionTests.Server server) : SessionContract, IClassFixture<PostgresSessionTests.Server>
{
    protected override async Task<SqlDatabase> Create()
    {
        Assert.SkipUnless(PostgresServer.Available, PostgresDatabases.Missing);
        return new PostgresDatabase(await server.Databases.Fresh());
    }

    public sealed class Server : IAsyncDisposable
    {
        public PostgresDatabases Databases { get; } = new();

        public ValueTask DisposeAsync() => Databases.DisposeAsync();
    }
}
