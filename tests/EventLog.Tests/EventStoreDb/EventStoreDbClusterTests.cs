using EventSourcing;
using Microsoft.Extensions.Logging;
using TestServers;

namespace EventLog.Tests.EventStoreDb;

/// <summary>Several nodes, one of which leads. The test writes the roles into a file.</summary>
public sealed class EventStoreDbClusterTests : EventStoreDbFixture
{
    private EventStoreDoubleServer[] nodes = [];

    private string MembersFile => Path.Combine(Folder, "members");

    [Fact]
    public async Task Gossip_leads_to_the_leader()
    {
        await LaunchNodes(leader: 2);
        var log = Open($"esdb+discover://127.0.0.1:{nodes[0].Port}?tls=false");

        await log.Append("s-1", Revision.NoStream, [Event()], Ct);

        Assert.Single((await log.Read("s-1", Ct)).Events);
    }

    [Fact]
    public async Task A_node_that_is_not_the_leader_redirects_to_the_leader()
    {
        await LaunchNodes(leader: 1);
        var log = Open(nodes[0].Connection);

        await log.Append("s-1", Revision.NoStream, [Event()], Ct);

        Assert.Single((await log.Read("s-1", Ct)).Events);
    }

    [Fact]
    public async Task No_event_is_lost_or_repeated_when_another_node_takes_over_from_the_leader()
    {
        await LaunchNodes(leader: 0, killed: true);
        var log = Open($"esdb://{string.Join(',', nodes.Select(n => $"127.0.0.1:{n.Port}"))}?tls=false");
        var (stop, answered) = (false, 0);
        var writers = Enumerable.Range(0, 8).Select(w => Task.Run(() => Write(log, $"s-{w}", () =>
        {
            Interlocked.Increment(ref answered);
            return !Volatile.Read(ref stop);
        }))).ToArray();
        var seen = 0;
        var reader = Task.Run(async () =>
        {
            await foreach (var batch in log.Subscribe(["s-"], Position.Start, Ct))
            {
                if ((seen += batch.Events.Count) >= Volatile.Read(ref answered) && Volatile.Read(ref stop)) return;
            }
        });
        for (var leader = 0; leader < 2; leader++)
        {
            var before = Volatile.Read(ref answered);
            await Until.Holds(() => Volatile.Read(ref answered) > before + 200, "appends continue");
            await nodes[leader].Stop();
            Lead(leader + 1);
        }

        Volatile.Write(ref stop, true);
        var written = await Task.WhenAll(writers);

        for (var w = 0; w < written.Length; w++) Assert.Equal(written[w], (await log.Read($"s-{w}", Ct)).Events.Select(e => e.Id));
        await log.Append("s-last", Revision.NoStream, [Event()], Ct);
        await reader;
    }

    [Fact]
    public async Task The_log_waits_while_there_is_no_leader()
    {
        await LaunchNodes(leader: null);
        var log = Open($"esdb+discover://127.0.0.1:{nodes[0].Port},127.0.0.1:{nodes[1].Port}?tls=false&maxDiscoverAttempts=2");
        var append = log.Append("s-1", Revision.NoStream, [Event()], Ct);
        await Until.Holds(() => Logged.At(LogLevel.Warning).Any(), "a warning is logged");

        Lead(1);

        Assert.Equal(0, (await append).Revision);
    }

    private async Task LaunchNodes(int? leader, bool killed = false)
    {
        var data = Path.Combine(Folder, "data");
        nodes = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Create("--members", MembersFile, "--data", data)));
        Lead(leader);
        await Task.WhenAll(nodes.Select(n => n.Start()));

        Task<EventStoreDoubleServer> Create(params string[] options) => killed ? PrepareProcess(options) : Prepare(options);
    }

    private void Lead(int? leader)
    {
        var written = $"{MembersFile}.new";
        File.WriteAllLines(written, nodes.Select((n, i) => $"{(i == leader ? "Leader" : "Follower")} 127.0.0.1:{n.Port}"));
        File.Move(written, MembersFile, overwrite: true);
    }
}
