using EndToEnd.Tests.Chaos;
using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.Kills;

namespace EndToEnd.Tests.Upgrades;

/// <summary>
/// UPGRADE_FROM: the folder of an earlier build, like artifacts/bin. The hosts are replaced one by one under load while both versions run,
/// in the order of the runbook.
/// </summary>
[Collection(Alone.Name)]
public sealed class UpgradeTests(ITestOutputHelper output)
{
    private const int BetweenSteps = 30;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(4);
    private static readonly string[] Order = [HostFleet.ConnectionWorker, HostFleet.ActivityWorker, HostFleet.Api];

    [Fact]
    public async Task An_upgrade_with_both_versions_running_loses_nothing_and_repeats_nothing()
    {
        var from = Environment.GetEnvironmentVariable("UPGRADE_FROM");
        Assert.SkipWhen(string.IsNullOrEmpty(from), "UPGRADE_FROM names no earlier version.");
        await using var servers = await Servers.Start();
        await using var provider = await FakeProvider.Start();
        await using var fleet = await HostFleet.Start(servers, apis: 2, connectionWorkers: 2, activityWorkers: 2, HostPrograms.From(from!));
        try
        {
            await using var listener = await BusListener.Open(servers.Bus);
            var (connections, names) = await LoadConnections.Connect(fleet, provider);
            using var load = new Load(servers, fleet, provider, listener, new ActivitySender(connections, names, seed: 1, timeoutSeconds: 10), seed: 1);
            await load.Goes(BetweenSteps, Deadline);
            await RollOut(fleet, load);
            await load.End(Deadline);
            await fleet.Ready();
            using var api = fleet.Apis()[0];
            await load.Sender.Finish(api);
            await new Invariants(servers, provider, listener, load, output.WriteLine).Balances(api);
            await Rebuilt.IsWhatTheHostsWrote(servers);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{e.Message}\n{fleet.Output}", e);
        }
    }

    private async Task RollOut(HostFleet fleet, Load load)
    {
        foreach (var host in Order)
        {
            foreach (var old in fleet.Members.Where(m => m.Host == host).ToArray())
            {
                var added = await fleet.Add(host);
                await load.Goes(BetweenSteps, Deadline); // both versions
                await fleet.Retire(old);
                output.WriteLine($"{old.Name} is replaced by {added.Name}, {load.Sender.Accepted.Count} accepted");
                await load.Goes(BetweenSteps, Deadline);
            }
        }
    }
}
