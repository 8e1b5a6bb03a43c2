using System.Data.Common;
using Connections.Credentials.Ring;
using Connections.Credentials.Vault;
using EventSourcing.Sql;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TestServers;

namespace Credentials.Tests;

public sealed class RingHostsAnnouncerTests
{
    /// <summary>Each kind of fault with which the database may be away, and one that nobody expects.</summary>
    public static TheoryData<string> Faults => ["unreachable", "refused", "timeout", "io", "unexpected", "cancelled"];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_database_that_is_away_does_not_end_the_host(string fault)
    {
        await using var away = new AwayDatabase(fault);
        var clock = new FakeTimeProvider();
        var database = new VaultDatabase(away);
        var ring = new KeyRing("k1", new Dictionary<string, byte[]> { ["k1"] = new byte[32] });
        using var announcer = new RingHostsAnnouncer(
            database, new RingHosts(database, ring), new HostingEnvironment { ApplicationName = "Test" }, clock, NullLogger<RingHostsAnnouncer>.Instance);

        await announcer.StartAsync(default);
        for (var tries = 1; tries <= 3; tries++)
        {
            await Until.Holds(() => away.Tries == tries || announcer.ExecuteTask!.IsCompleted, "the host is announced again");
            Assert.False(announcer.ExecuteTask!.IsFaulted);
            await Until.Holds(() =>
            {
                clock.Advance(RingHosts.Interval / 4);
                return away.Tries > tries || announcer.ExecuteTask!.IsCompleted;
            }, "the interval passes");
        }

        await announcer.StopAsync(default);
        Assert.False(announcer.ExecuteTask!.IsFaulted);
    }

    private sealed class AwayDatabase(string fault) : SqlDatabase
    {
        private int tries;

        public int Tries => Volatile.Read(ref tries);

        public override SqlProvider Provider => SqlProvider.PostgreSql;

        public override ValueTask<DbConnection> Open(CancellationToken ct)
        {
            Interlocked.Increment(ref tries);
            throw fault switch
            {
                "unreachable" => new PostgresUnreachableException("db:5432/connections", new EndOfStreamException()),
                "refused" => new PostgresRefusedException("The password is not accepted.", new IOException()),
                "timeout" => new TimeoutException(),
                "io" => new IOException(),
                "cancelled" => new OperationCanceledException(),
                _ => new InvalidOperationException()
            };
        }

        public override ValueTask<SqlWrite> BeginWrite(CancellationToken ct) => throw new NotSupportedException();

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
