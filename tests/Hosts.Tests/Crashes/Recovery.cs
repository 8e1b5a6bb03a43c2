using Activities.Worker;
using Connections.Operations.Messages;
using Connections.Worker.Waking;
using EventSourcing.Sql.Loops;
using TestServers;

namespace Hosts.Tests.Crashes;

/// <summary>The state that a crashed process leaves behind.</summary>
public enum Start
{
    /// <summary>Everything was in one process: sent messages are lost, and running attempts are judged immediately.</summary>
    Embedded,

    /// <summary>One of many processes: sent messages are delivered.</summary>
    MessagesKept,

    /// <summary>One of many processes: sent messages are lost.</summary>
    MessagesLost
}

/// <summary>Runs loops, the waker and consumers after a crash, until the activity has ended.</summary>
internal static class Recovery
{
    private const int MostRounds = 60;

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    public static async Task Until(SimulatedProcess p, Start start, Guid activity)
    {
        var kept = p.World.Post.Take();
        if (start == Start.MessagesKept) await Deliver(p, kept);
        if (start == Start.Embedded) await p.Hosted<EmbeddedStart>().StartAsync(default);
        foreach (var loop in p.Loops) await loop.StartAsync(default);
        if (start == Start.Embedded) await p.Hosted<EmbeddedStart>().ExecuteTask!;
        var rounds = 0;
        while (!(await p.Activity(activity)).Ended)
        {
            Assert.True(++rounds < MostRounds, $"It does not end: {string.Join(", ", await p.ActivityHistory(activity))}");
            await p.CaughtUp([.. p.Get<LoopHealth>().Loops.Select(l => l.Name)]);
            await p.Hosted<Waker>().Wake(default);
            if (start != Start.Embedded) await p.Get<LostAttempts>().Judge(default);
            var sent = p.World.Post.Take().OfType<RunAttempt>().ToArray();
            await Deliver(p, sent);
            if (sent.Length == 0) p.World.Clock.Advance(Step);
        }

        foreach (var loop in p.Loops) await loop.StopAsync(default);
    }

    public static async Task Deliver(SimulatedProcess p, IReadOnlyList<object> messages)
    {
        foreach (var attempt in messages.OfType<RunAttempt>()) await p.New<RunAttemptConsumer>().Consume(Delivery.Create(attempt));
    }
}
