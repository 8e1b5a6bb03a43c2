using System.Globalization;

namespace Operations.Tests.Interleaving;

/// <summary>Runs actors as a scenario says, one step of one actor at a time, and records a trace.</summary>
internal sealed class StepScheduler
{
    private readonly List<(Actor Actor, ClientCommand Command)> underWay = [];
    private readonly List<string> trace = [];
    private long head;

    public InProcessOperations Operations { get; } = new();

    public List<(Actor Actor, ClientCommand Command)> Ended { get; } = [];

    public string Trace => string.Join('\n', trace);

    /// <param name="check">Called after each change of the log.</param>
    public async Task Play(IEnumerable<ScheduledStep> scenario, Func<Task> check)
    {
        foreach (var move in scenario) await Play(move, check);
        underWay.Clear(); // actors that have not ended count as crashed
    }

    public async Task Do(ClientCommand command, Func<Task> check)
    {
        await Come(command);
        await Go(underWay.Count - 1, int.MaxValue, check);
    }

    public void Pass(int seconds)
    {
        Report($"{seconds} s pass");
        Operations.Clock.Advance(TimeSpan.FromSeconds(seconds));
    }

    public void Report(string line) => trace.Add(line);

    private async Task Play(ScheduledStep move, Func<Task> check)
    {
        switch (move)
        {
            case ScheduledStep.Come come:
                await Come(come.Command);
                await Go(underWay.Count - 1, come.Steps, check);
                break;
            case ScheduledStep.Go go when underWay.Count > 0:
                await Go(go.Actor % underWay.Count, go.Steps, check);
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

    private async Task Come(ClientCommand command)
    {
        var number = (underWay.Count + Ended.Count + 1).ToString(CultureInfo.InvariantCulture);
        var actor = await Actor.Begin($"actor {number}", () => command.Run(Operations));
        Report($"{actor.Name} comes: {command}");
        underWay.Add((actor, command));
    }

    private async Task Go(int index, int steps, Func<Task> check)
    {
        var (actor, command) = underWay[index];
        for (var step = 0; step < steps && !actor.Ended; step++)
        {
            Report($"  {actor.Name}: {actor.Next}");
            Operations.Connector.Reported = command is ClientCommand.Test { Reported: { Length: > 0 } account } ? [account] : [];
            Operations.Connector.Failure = command is ClientCommand.Refused ? ClientCommand.Refused.Failure : null;
            await actor.Step();
            var now = await Operations.Log.Head(CancellationToken.None);
            if (now != head) await check();
            head = now;
        }

        if (actor.Ended) End((actor, command));
    }

    private void End((Actor Actor, ClientCommand Command) done)
    {
        Report($"  {done.Actor.Name} ends: {done.Actor.Fault?.Message ?? "done"}");
        underWay.Remove(done);
        Ended.Add(done);
    }
}
