using System.Globalization;
using EndToEnd.Tests.Chaos;
using EndToEnd.Tests.Harness;
using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.Kills;

namespace EndToEnd.Tests.Backups;

/// <summary>
/// Makes a backup under load, loses database and log, restores them, then lets hosts, servers and networks fail. The order of the steps
/// is that of the runbook. RESTORE_ROUNDS: the number of failures (1).
/// </summary>
[Collection(Alone.Name)]
public sealed class RestoreTests(ITestOutputHelper output)
{
    private const int Some = 100;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(4);

    private readonly int rounds = int.TryParse(Environment.GetEnvironmentVariable("RESTORE_ROUNDS"), CultureInfo.InvariantCulture, out var set) ? set : 1;
    private readonly int seed = Random.Shared.Next();
    private readonly Guid withoutSecrets = Guid.NewGuid();

    [Fact]
    public async Task The_content_of_a_backup_is_kept_and_the_ledger_balances_despite_failures_after_the_restore()
    {
        await using var servers = await Servers.Start();
        await using var provider = await FakeProvider.Start();
        await using var fleet = await HostFleet.Start(servers, apis: 2, connectionWorkers: 2, activityWorkers: 2);
        try
        {
            await using var listener = await BusListener.Open(servers.Bus);
            var (connections, names) = await LoadConnections.Connect(fleet, provider);
            var sender = new ActivitySender(connections, names, seed, timeoutSeconds: 10);
            var backup = await BackUpUnderLoad(servers, fleet, provider, listener, sender);
            await Task.WhenAll(fleet.Members.Select(m => m.Process.Kill()));
            var before = WrittenEvent.All(servers.Log);
            await backup.Restore();
            var after = WrittenEvent.All(servers.Log);
            await StartAgain(servers, fleet);

            using var load = new Load(servers, fleet, provider, listener, sender, seed + 1);
            await Storm(servers, fleet, load);
            Forget(sender, before, after, WrittenEvent.All(servers.Log));
            var restored = RestoreGap.Between(before, after);
            using var api = fleet.Apis()[0];
            await new Invariants(servers, provider, listener, load, output.WriteLine, restored).Balances(api);
            Assert.DoesNotContain(Begun(after), id => sender.Accepted.TryGetValue(id, out var sent) && sent.Post && provider.Done(id) > 1);
            await Rebuilt.IsWhatTheHostsWrote(servers);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"seed {seed}: {e.Message}\n{fleet.Output}", e);
        }
    }

    private async Task<Backup> BackUpUnderLoad(Servers servers, HostFleet fleet, FakeProvider provider, BusListener listener, ActivitySender sender)
    {
        using var load = new Load(servers, fleet, provider, listener, sender, seed);
        await load.Goes(Some, Deadline);
        using var api = fleet.AnyApi();
        var backup = await Backup.Make(
            servers, async () => (await api.Post("/api/connections", OwnedConnection.Body(withoutSecrets, "made meanwhile", provider.Address, "user-meanwhile"))).Is(201));
        await load.Goes(Some, Deadline);
        await load.End(Deadline);
        return backup;
    }

    // Connections created between the two copies have lost their credentials: a test reports that, and people reconnect or delete them.
    private async Task StartAgain(Servers servers, HostFleet fleet)
    {
        foreach (var member in fleet.Members) member.Launch();
        await fleet.Listen();
        await servers.Bus.Settle();
        await fleet.Ready();
        using var api = fleet.Apis()[0];
        var all = (await api.Get("/api/connections?limit=1000")).Is(200)["items"].EnumerateArray().Select(c => c.GetProperty("id").GetGuid()).ToArray();
        foreach (var id in all) await api.Post($"/api/connections/{id}/test");
        var lost = new List<Guid>();
        foreach (var id in all)
        {
            var now = (await api.Connection(id)).Is(200);
            if (now["status"].GetString() != "reauthRequired") continue;
            Assert.Equal("vault-older-than-log", now["statusReason"].GetString());
            lost.Add(id);
            (await api.Delete($"/api/connections/{id}")).Is(204);
        }

        output.WriteLine($"{all.Length} connections are restored, {lost.Count} of them without credentials");
        Assert.Contains(withoutSecrets, lost);
    }

    private async Task Storm(Servers servers, HostFleet fleet, Load load)
    {
        var random = new Random(seed);
        for (var round = 1; round <= rounds; round++)
        {
            var plan = new FaultPlan(random, servers, fleet);
            output.WriteLine($"round {round}: {plan}");
            await plan.Strikes();
            await load.Goes(Some, Deadline);
        }

        await load.End(Deadline);
        await fleet.Ready();
    }

    // Activities recorded after the backup are lost: their senders would have to send them again.
    private void Forget(ActivitySender sender, List<WrittenEvent> before, List<WrittenEvent> after, List<WrittenEvent> now)
    {
        var gone = Activities(before).Except(Activities(after)).Except(Activities(now)).ToArray();
        foreach (var id in gone) sender.Accepted.TryRemove(id, out _);
        output.WriteLine($"{Activities(after).Count()} activities are restored, {gone.Length} later ones are lost");
        Assert.NotEmpty(gone);
    }

    private static IEnumerable<Guid> Activities(List<WrittenEvent> written) => written.Where(e => e.IsOfActivity).Select(e => e.ActivityId).Distinct();

    // These may have run already, and an unrepeatable activity is never sent again.
    private static IEnumerable<Guid> Begun(List<WrittenEvent> written) =>
        written.Where(e => e.IsOfActivity).GroupBy(e => e.ActivityId).Where(a => a.Last().Type == "activity-started").Select(a => a.Key);
}
