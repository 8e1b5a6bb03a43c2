using EndToEnd.Tests.Chaos;
using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.Kills;

namespace EndToEnd.Tests.Upgrades;

/// <summary>
/// UPGRADE_FROM: where a build of an earlier version lies, as artifacts/bin. One host after another is replaced while both versions run and work goes on,
/// in the order that the runbook gives.
/// </summary>
[Collection(Alone.Name)]
public sealed class UpgradeTests(ITestOutputHelper output)
{
    private const int BetweenSteps = 30;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private static readonly string[] Order = [Fleet.ConnectionWorker, Fleet.ActivityWorker, Fleet.Api];

    [Fact]
    public async Task From_an_earlier_version_with_both_running_nothing_accepted_is_lost_and_nothing_is_done_twice()
    {
        var from = Environment.GetEnvironmentVariable("UPGRADE_FROM");
        Assert.SkipWhen(string.IsNullOrEmpty(from), "UPGRADE_FROM names no earlier version.");
        await using var servers = await Servers.Start();
        await using var provider = await Provider.Start();
        await using var fleet = await Fleet.Start(servers, apis: 2, connectionWorkers: 2, activityWorkers: 2, Programs.Of(from!));
        try
        {
            await using var ear = await Ear.Open(servers.Bus);
            var (connections, names) = await Shops.Connect(fleet, provider);
            using var load = new Load(servers, fleet, provider, ear, new Sender(connections, names, seed: 1, timeoutSeconds: 10), seed: 1);
            await load.Goes(BetweenSteps, Patience);
            await RollOut(fleet, load);
            await load.End(Patience);
            await fleet.Ready();
            using var api = fleet.Doors()[0];
            await load.Sender.Finish(api);
            await new Reckoning(servers, provider, ear, load, output.WriteLine).Balances(api);
            await Rebuilt.IsWhatTheHostsWrote(servers);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{e.Message}\n{fleet.Output}", e);
        }
    }

    private async Task RollOut(Fleet fleet, Load load)
    {
        foreach (var host in Order)
        {
            foreach (var old in fleet.Members.Where(m => m.Host == host).ToArray())
            {
                var added = await fleet.Add(host);
                await load.Goes(BetweenSteps, Patience); // side by side
                await fleet.Retire(old);
                output.WriteLine($"{old.Name} is replaced by {added.Name}, {load.Sender.Accepted.Count} accepted");
                await load.Goes(BetweenSteps, Patience);
            }
        }
    }
}
