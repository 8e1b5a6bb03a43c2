using System.Data.Common;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Sql.Tests;

public abstract class LeaseContract(TestDatabase database) : DatabaseContract(database)
{
    private readonly FakeTimeProvider clock = new();

    [Fact]
    public async Task The_first_who_asks_holds_it_and_the_second_does_not()
    {
        var (one, two) = (await Instance("one"), await Instance("two"));

        Assert.True(one.Holds("loop"));
        Assert.False(two.Holds("loop"));
    }

    [Fact]
    public async Task Who_renews_keeps_it()
    {
        var (one, two) = (await Instance("one"), await Instance("two"));
        for (var n = 0; n < 10; n++)
        {
            await Pass(Leases.Renewal);
            await one.Renew(Ct);
            await two.Renew(Ct);
        }

        Assert.True(one.Holds("loop"));
        Assert.False(two.Holds("loop"));
    }

    [Fact]
    public async Task After_eight_seconds_without_renewal_another_takes_over()
    {
        var (one, two) = (await Instance("one"), await Instance("two"));
        await Pass(Leases.Duration - TimeSpan.FromMilliseconds(1));
        await two.Renew(Ct);
        Assert.False(two.Holds("loop"));

        await Pass(TimeSpan.FromMilliseconds(1));
        await two.Renew(Ct);

        Assert.True(two.Holds("loop"));
        Assert.False(one.Holds("loop"));
    }

    [Fact]
    public async Task The_old_holder_who_comes_back_changes_nothing()
    {
        var (one, two) = (await Instance("one"), await Instance("two"));
        await Pass(Leases.Duration);
        await two.Renew(Ct);

        await one.Renew(Ct);
        await one.Release(Ct);

        Assert.False(one.Holds("loop"));
        Assert.True(two.Holds("loop"));
        Assert.Equal("two", await Scalar<string>("SELECT owner FROM leases WHERE name = 'loop'"));
    }

    [Fact]
    public async Task The_holder_stops_believing_by_its_own_clock_when_the_database_is_out_of_reach()
    {
        var one = await Instance("one");

        clock.Advance(Leases.Duration);

        Assert.False(one.Holds("loop"));
    }

    [Fact]
    public async Task What_was_released_is_free_at_once()
    {
        var (one, two) = (await Instance("one"), await Instance("two"));

        await one.Release(Ct);
        await two.Renew(Ct);

        Assert.False(one.Holds("loop"));
        Assert.True(two.Holds("loop"));
    }

    [Fact]
    public async Task What_was_given_back_another_has_until_it_gives_it_back_in_its_turn()
    {
        var (one, two) = (await Instance("one"), await Instance("two"));

        one.GiveBack("loop");
        await one.Renew(Ct);
        Assert.False(one.Holds("loop"));
        await two.Renew(Ct);
        _ = one.Wait("loop", Ct);
        await one.Renew(Ct);
        Assert.True(two.Holds("loop"));
        Assert.False(one.Holds("loop"));

        two.GiveBack("loop");
        await two.Renew(Ct);
        await one.Renew(Ct);
        Assert.True(one.Holds("loop"));
        Assert.False(two.Holds("loop"));
    }

    [Fact]
    public async Task Who_waits_is_woken_when_it_holds_the_lease()
    {
        var one = await Instance("one");
        var two = New("two");
        var waiting = two.Wait("loop", Ct);
        await two.Renew(Ct);
        Assert.False(waiting.IsCompleted);

        await one.Release(Ct);
        await two.Renew(Ct);

        await waiting.WaitAsync(Ct);
    }

    [Fact]
    public async Task A_running_host_takes_what_is_wanted_and_gives_it_back_when_it_stops()
    {
        var (one, two) = (New("one"), New("two"));
        await one.StartAsync(Ct);
        await one.Wait("loop", Ct);

        await one.StopAsync(Ct);
        await two.StartAsync(Ct);
        await two.Wait("loop", Ct);

        Assert.False(one.Holds("loop"));
        await two.StopAsync(Ct);
    }

    [Fact]
    public async Task A_host_whose_database_went_away_stops_all_the_same()
    {
        await using var leaving = new LeavingDatabase(Database);
        var one = New("one", leaving);
        await one.StartAsync(Ct);
        await one.Wait("loop", Ct);
        leaving.Away = true;

        await one.StopAsync(Ct);

        Assert.False(one.Holds("loop"));
    }

    [Fact]
    public async Task The_clock_of_the_database_runs()
    {
        var said = await Scalar<long>($"SELECT {DatabaseClock.For(Database.Provider)}");

        Assert.InRange(Math.Abs(said - TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()), 0, 60_000);
    }

    private async Task<Leases> Instance(string owner)
    {
        var leases = New(owner);
        _ = leases.Wait("loop", Ct);
        await leases.Renew(Ct);
        return leases;
    }

    private Leases New(string owner, SqlDatabase? database = null)
    {
        Execute("CREATE TABLE IF NOT EXISTS clock (now BIGINT)").GetAwaiter().GetResult();
        Execute("INSERT INTO clock SELECT 1000000 WHERE NOT EXISTS (SELECT 1 FROM clock)").GetAwaiter().GetResult();
        return new Leases(database ?? Database, owner, "(SELECT now FROM clock)", clock, NullLogger<Leases>.Instance);
    }

    private async Task Pass(TimeSpan time)
    {
        clock.Advance(time);
        await Execute("UPDATE clock SET now = now + @milliseconds", new { milliseconds = (long)time.TotalMilliseconds });
    }

    private sealed class LeavingDatabase(SqlDatabase inner) : SqlDatabase
    {
        public bool Away { get; set; }

        public override SqlProvider Provider => inner.Provider;

        public override ValueTask<DbConnection> Open(CancellationToken ct) => Away ? throw Gone() : inner.Open(ct);

        public override ValueTask<SqlWrite> BeginWrite(CancellationToken ct) => Away ? throw Gone() : inner.BeginWrite(ct);

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask; // of others

        private static PostgresUnreachableException Gone() => new("nowhere", new IOException());
    }
}
