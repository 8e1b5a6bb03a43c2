using System.Globalization;
using EndToEnd.Tests.Grants;
using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.Kills;

namespace EndToEnd.Tests.Chaos;

/// <summary>
/// CHAOS_ROUNDS: the number of rounds with failures (1; in the soak 50). CHAOS_SEED: the seed of an earlier run, to repeat it; the exact
/// timing still varies.
/// </summary>
[Collection(Alone.Name)]
public sealed class ChaosTests(ITestOutputHelper output)
{
    private const int BetweenRounds = 30;
    private const int TimeoutSeconds = 10;
    private const int TokenSeconds = 8;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(4);

    private readonly int seed = Setting("CHAOS_SEED") ?? Random.Shared.Next();
    private readonly int rounds = Setting("CHAOS_ROUNDS") ?? 1;

    [Fact]
    public async Task Whichever_host_server_or_network_fails_nothing_is_lost_or_repeated_and_all_sources_agree()
    {
        Report($"CHAOS_SEED={seed} CHAOS_ROUNDS={rounds}");
        await using var servers = await Servers.StartReal();
        await using var provider = await FakeProvider.Start();
        await using var mail = await CountedProvider.Start(TokenSeconds, thinks: TimeSpan.FromSeconds(3));
        await using var fleet = await HostFleet.Start(servers, apis: 2, connectionWorkers: 2, activityWorkers: 3, HostPrograms.WithMail(mail.Address));
        try
        {
            await using var listener = await BusListener.Open(servers.Bus);
            var (connections, names) = await LoadConnections.Connect(fleet, provider);
            await using var people = await MailUsers.SignIn(fleet);
            var sender = new ActivitySender(connections, names, seed, TimeoutSeconds) { Mailboxes = people.Mailboxes };
            using var load = new Load(servers, fleet, provider, listener, sender, seed);
            await Storm(servers, fleet, load);
            await load.End(Deadline);
            await fleet.Ready();
            using var api = fleet.Apis()[0];
            await sender.Finish(api);
            await new Invariants(servers, provider, listener, load, Report, mail: mail).Balances(api);
            await people.AreContent();
            Report($"{people.Reasons.Count} sign-ins anew: {string.Join(", ", people.Reasons)}; {mail.Unauthorized} calls refused");
            await Rebuilt.IsWhatTheHostsWrote(servers);
            await fleet.Stop();
        }
        catch (Exception e)
        {
            var queues = await servers.Bus.Control("list_queues", "name", "messages_ready", "messages_unacknowledged", "consumers");
            throw new InvalidOperationException($"CHAOS_SEED={seed}: {e.Message}\nThe broker's queues:\n{queues}\n{fleet.Output}", e);
        }
    }

    private async Task Storm(Servers servers, HostFleet fleet, Load load)
    {
        var random = new Random(seed);
        await load.Goes(BetweenRounds, Deadline);
        for (var round = 1; round <= rounds; round++)
        {
            var plan = new FaultPlan(random, servers, fleet);
            Report($"round {round}, {load.Sender.Accepted.Count} accepted: {plan}");
            await plan.Strikes();
            await load.Goes(BetweenRounds, Deadline);
        }
    }

    private void Report(string line)
    {
        output.WriteLine(line);
        Console.WriteLine(line);
    }

    private static int? Setting(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } set ? int.Parse(set, CultureInfo.InvariantCulture) : null;
}
