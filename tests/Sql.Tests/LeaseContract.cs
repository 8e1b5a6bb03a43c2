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
    public async Task The_first_instance_gets_the_lease_and_the_second_does_not()
    {
        var (one, two) = (await Instance("one"), await Instance("two"));

        Assert.True(one.Holds("loop"));
        Assert.False(two.Holds("loop"));
    }

    [Fact]
    public async Task An_instance_that_renews_keeps_the_lease()
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
    public async Task Another_instance_takes_over_after_eight_seconds_without_renewal()
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
    public async Task A_former_holder_that_returns_changes_nothing()
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
    public async Task A_holder_loses_the_lease_by_its_own_clock_when_the_database_is_unavailable()
    {
        var one = await Instance("one");

        clock.Advance(Leases.Duration);

        Assert.False(one.Holds("loop"));
    }

    [Fact]
    public async Task A_released_lease_is_free_at_once()
    {
        var (one, two) = (await Instance("one"), await Instance("two"));

        await one.Release(Ct);
        await two.Renew(Ct);

        Assert.False(one.Holds("loop"));
        Assert.True(two.Holds("loop"));
    }

    [Fact]
    public async Task A_returned_lease_goes_to_another_instance_until_that_one_returns_it()
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
    public async Task A_waiting_instance_continues_when_it_gets_the_lease()
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
    public async Task A_running_host_takes_wanted_leases_and_releases_them_when_it_stops()
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
    public async Task A_host_with_an_unavailable_database_can_stop()
    {
        await using var switched = new SwitchedDatabase(Database);
        var one = New("one", switched);
        await one.StartAsync(Ct);
        await one.Wait("loop", Ct);
        switched.IsUnavailable = true;

        await one.StopAsync(Ct);

        Assert.False(one.Holds("loop"));
    }

    [Fact]
    public async Task The_clock_of_the_database_runs()
    {
        var milliseconds = await Scalar<long>($"SELECT {DatabaseClock.For(Database.Provider)}");

        Assert.InRange(Math.Abs(milliseconds - TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()), 0, 60_000);
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

    private sealed class SwitchedDatabase(SqlDatabase inner) : SqlDatabase
    {
        public bool IsUnavailable { get; set; }

        public override SqlProvider Provider => inner.Provider;

        public override ValueTask<DbConnection> Open(CancellationToken ct) => IsUnavailable ? throw Unreachable() : inner.Open(ct);

        public override ValueTask<SqlWrite> BeginWrite(CancellationToken ct) => IsUnavailable ? throw Unreachable() : inner.BeginWrite(ct);

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask; // the inner database belongs to another object

        private static PostgresUnreachableException Unreachable() => new("nowhere", new IOException());
    }
}
