using System.Globalization;
using EndToEnd.Tests.Grants;
using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.Kills;

namespace EndToEnd.Tests.Chaos;

/// <summary>
/// CHAOS_ROUNDS: how often something fails (1; in the soak 50). CHAOS_SEED: what was random, to be tried again; what exactly a failure strikes is the machine's
/// to say.
/// </summary>
[Collection(Alone.Name)]
public sealed class ChaosTests(ITestOutputHelper output)
{
    private const int BetweenRounds = 30;
    private const int TimeoutSeconds = 10;
    private const int TokenSeconds = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly int seed = Setting("CHAOS_SEED") ?? Random.Shared.Next();
    private readonly int rounds = Setting("CHAOS_ROUNDS") ?? 1;

    [Fact]
    public async Task Whichever_host_server_or_line_fails_nothing_accepted_is_lost_nothing_is_done_twice_and_everybody_tells_the_same()
    {
        Tell($"CHAOS_SEED={seed} CHAOS_ROUNDS={rounds}");
        await using var servers = await Servers.StartReal();
        await using var provider = await Provider.Start();
        await using var mail = await CountedProvider.Start(TokenSeconds, thinks: TimeSpan.FromSeconds(3));
        await using var fleet = await Fleet.Start(servers, apis: 2, connectionWorkers: 2, activityWorkers: 3, Programs.WithMail(mail.Address));
        try
        {
            await using var ear = await Ear.Open(servers.Bus);
            var (connections, names) = await Shops.Connect(fleet, provider);
            await using var people = await People.SignIn(fleet);
            var sender = new Sender(connections, names, seed, TimeoutSeconds) { Mailboxes = people.Mailboxes };
            using var load = new Load(servers, fleet, provider, ear, sender, seed);
            await Storm(servers, fleet, load);
            await load.End(Patience);
            await fleet.Ready();
            using var api = fleet.Doors()[0];
            await sender.Finish(api);
            await new Reckoning(servers, provider, ear, load, Tell, mail: mail).Balances(api);
            await people.AreContent();
            Tell($"{people.Reasons.Count} sign-ins anew: {string.Join(", ", people.Reasons)}; {mail.Unauthorized} calls refused");
            await Rebuilt.IsWhatTheHostsWrote(servers);
            await fleet.Stop();
        }
        catch (Exception e)
        {
            var queues = await servers.Bus.Control("list_queues", "name", "messages_ready", "messages_unacknowledged", "consumers");
            throw new InvalidOperationException($"CHAOS_SEED={seed}: {e.Message}\nThe broker's queues:\n{queues}\n{fleet.Output}", e);
        }
    }

    private async Task Storm(Servers servers, Fleet fleet, Load load)
    {
        var random = new Random(seed);
        await load.Goes(BetweenRounds, Patience);
        for (var round = 1; round <= rounds; round++)
        {
            var trouble = new Trouble(random, servers, fleet);
            Tell($"round {round}, {load.Sender.Accepted.Count} accepted: {trouble}");
            await trouble.Strikes();
            await load.Goes(BetweenRounds, Patience);
        }
    }

    private void Tell(string line)
    {
        output.WriteLine(line);
        Console.WriteLine(line);
    }

    private static int? Setting(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } set ? int.Parse(set, CultureInfo.InvariantCulture) : null;
}
