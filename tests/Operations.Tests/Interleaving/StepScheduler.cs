using System.Globalization;

namespace Operations.Tests.Interleaving;

/// <summary>Lets actors take their turns as a story says, one step of one actor at a time, and tells what happened.</summary>
internal sealed class StepScheduler
{
    private readonly List<(Actor Actor, ClientCommand Wish)> underWay = [];
    private readonly List<string> trace = [];
    private long head;

    public InProcessOperations Office { get; } = new();

    public List<(Actor Actor, ClientCommand Wish)> Ended { get; } = [];

    public string Trace => string.Join('\n', trace);

    /// <param name="look">At each change of the log.</param>
    public async Task Play(IEnumerable<ScheduledStep> story, Func<Task> look)
    {
        foreach (var move in story) await Play(move, look);
        underWay.Clear(); // whoever has not ended by now has crashed
    }

    public async Task Do(ClientCommand wish, Func<Task> look)
    {
        await Come(wish);
        await Go(underWay.Count - 1, int.MaxValue, look);
    }

    public void Pass(int seconds)
    {
        Report($"{seconds} s pass");
        Office.Clock.Advance(TimeSpan.FromSeconds(seconds));
    }

    public void Report(string what) => trace.Add(what);

    private async Task Play(ScheduledStep move, Func<Task> look)
    {
        switch (move)
        {
            case ScheduledStep.Come come:
                await Come(come.Wish);
                await Go(underWay.Count - 1, come.Steps, look);
                break;
            case ScheduledStep.Go go when underWay.Count > 0:
                await Go(go.Actor % underWay.Count, go.Steps, look);
                break;
            case ScheduledStep.Crash crash when underWay.Count > 0:
                var lost = underWay[crash.Actor % underWay.Count];
                Report($"{lost.Actor.Name} crashes before: {lost.Actor.Next}");
                underWay.Remove(lost);
                break;
            case ScheduledStep.Pass pass:
                Pass(pass.Seconds);
                break;
        }
    }

    private async Task Come(ClientCommand wish)
    {
        var number = (underWay.Count + Ended.Count + 1).ToString(CultureInfo.InvariantCulture);
        var actor = await Actor.Begin($"actor {number}", () => wish.Run(Office));
        Report($"{actor.Name} comes: {wish}");
        underWay.Add((actor, wish));
    }

    private async Task Go(int who, int steps, Func<Task> look)
    {
        var (actor, wish) = underWay[who];
        for (var step = 0; step < steps && !actor.Ended; step++)
        {
            Report($"  {actor.Name}: {actor.Next}");
            Office.Connector.Reported = wish is ClientCommand.Test { Reported: { Length: > 0 } account } ? [account] : [];
            Office.Connector.Failure = wish is ClientCommand.Refused ? ClientCommand.Refused.Failure : null;
            await actor.Step();
            var now = await Office.Log.Head(CancellationToken.None);
            if (now != head) await look();
            head = now;
        }

        if (actor.Ended) End((actor, wish));
    }

    private void End((Actor Actor, ClientCommand Wish) done)
    {
        Report($"  {done.Actor.Name} ends: {done.Actor.Fault?.Message ?? "done"}");
        underWay.Remove(done);
        Ended.Add(done);
    }
}
