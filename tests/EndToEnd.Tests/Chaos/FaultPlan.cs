using EndToEnd.Tests.Hosts;

namespace EndToEnd.Tests.Chaos;

/// <summary>
/// The failures of one round, chosen before it starts: a host and a server are killed and restarted, and one host is disconnected from one
/// server, all within the same few seconds.
/// </summary>
internal sealed class FaultPlan
{
    private readonly Servers servers;
    private readonly FleetHost killed, cut;
    private readonly int server, line;
    private readonly TimeSpan[] first, then;

    public FaultPlan(Random random, Servers servers, HostFleet fleet)
    {
        this.servers = servers;
        (killed, cut) = (Any(), Any());
        (server, line) = (random.Next(3), random.Next(3));
        first = [.. Enumerable.Range(0, 3).Select(_ => Milliseconds(0, 4_000))];
        then = [Milliseconds(0, 3_000), Milliseconds(0, 3_000), Milliseconds(5_000, 20_000)];

        FleetHost Any() => fleet.Members[random.Next(fleet.Members.Count)];
        TimeSpan Milliseconds(int least, int most) => TimeSpan.FromMilliseconds(random.Next(least, most));
    }

    public override string ToString() =>
        $"{killed.Name} killed after {first[0]}, {Server} killed after {first[1]}, {cut.Name} cut from {cut.Lines[line].Server} after {first[2]} for {then[2]}";

    /// <summary>Runs the failures, and returns once everything is repaired.</summary>
    public Task Strikes() => Task.WhenAll(
        After(first[0], () => killed.KillAndLaunch(then[0])),
        After(first[1], KillServer),
        After(first[2], CutLine));

    private string Server => cut.Lines[server].Server;

    // the timing is part of the test
    private static async Task After(TimeSpan time, Func<Task> strike)
    {
        await Pause(time);
        await strike();
    }

    private static Task Pause(TimeSpan time) => Task.Delay(time, TimeProvider.System);

    private async Task CutLine()
    {
        cut.Lines[line].Line.Cut();
        await Pause(then[2]);
        cut.Lines[line].Line.Heal();
    }

    private async Task KillServer()
    {
        var (stop, start) = server switch
        {
            0 => ((Func<Task>)servers.Log.Stop, (Func<Task>)servers.Log.Start),
            1 => (servers.Sql.Stop, servers.Sql.Start),
            _ => (servers.Bus.Stop, servers.Bus.Start)
        };
        await stop();
        await Pause(then[1]);
        await start();
    }
}
