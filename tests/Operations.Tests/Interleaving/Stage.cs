using System.Globalization;

namespace Operations.Tests;

/// <summary>Lets actors take their turns as a story says, one step of one actor at a time, and tells what happened.</summary>
internal sealed class Stage
{
    private readonly List<(Actor Actor, Wish Wish)> underWay = [];
    private readonly List<string> told = [];
    private long head;

    public Office Office { get; } = new();

    public List<(Actor Actor, Wish Wish)> Ended { get; } = [];

    public string Told => string.Join('\n', told);

    /// <param name="look">At each change of the log.</param>
    public async Task Play(IEnumerable<Move> story, Func<Task> look)
    {
        foreach (var move in story) await Play(move, look);
        underWay.Clear(); // whoever has not ended by now has crashed
    }

    public async Task Do(Wish wish, Func<Task> look)
    {
        await Come(wish);
        await Go(underWay.Count - 1, int.MaxValue, look);
    }

    public void Pass(int seconds)
    {
        Tell($"{seconds} s pass");
        Office.Clock.Advance(TimeSpan.FromSeconds(seconds));
    }

    public void Tell(string what) => told.Add(what);

    private async Task Play(Move move, Func<Task> look)
    {
        switch (move)
        {
            case Move.Come come:
                await Come(come.Wish);
                await Go(underWay.Count - 1, come.Steps, look);
                break;
            case Move.Go go when underWay.Count > 0:
                await Go(go.Who % underWay.Count, go.Steps, look);
                break;
            case Move.Crash crash when underWay.Count > 0:
                var lost = underWay[crash.Who % underWay.Count];
                Tell($"{lost.Actor.Name} crashes before: {lost.Actor.Next}");
                underWay.Remove(lost);
                break;
            case Move.Pass pass:
                Pass(pass.Seconds);
                break;
        }
    }

    private async Task Come(Wish wish)
    {
        var number = (underWay.Count + Ended.Count + 1).ToString(CultureInfo.InvariantCulture);
        var actor = await Actor.Begin($"actor {number}", () => wish.Of(Office));
        Tell($"{actor.Name} comes: {wish}");
        underWay.Add((actor, wish));
    }

    private async Task Go(int who, int steps, Func<Task> look)
    {
        var (actor, wish) = underWay[who];
        for (var step = 0; step < steps && !actor.Ended; step++)
        {
            Tell($"  {actor.Name}: {actor.Next}");
            Office.Connector.Told = wish is Wish.Test { Told: { Length: > 0 } account } ? [account] : [];
            Office.Connector.Failure = wish is Wish.Refused ? Wish.Refused.Failure : null;
            await actor.Step();
            var now = await Office.Log.Head(CancellationToken.None);
            if (now != head) await look();
            head = now;
        }

        if (actor.Ended) End((actor, wish));
    }

    private void End((Actor Actor, Wish Wish) done)
    {
        Tell($"  {done.Actor.Name} ends: {done.Actor.Fault?.Message ?? "done"}");
        underWay.Remove(done);
        Ended.Add(done);
    }
}
