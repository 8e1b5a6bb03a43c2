using System.Text;
using EventSourcing;

namespace Domain.Tests.Properties;

/// <summary>One stream under random commands: each event is written, read back and folded; each command is sent twice.</summary>
internal sealed class RandomWalk<TState, TCommand, TEvent>(Decider<TState, TCommand, TEvent> decider, EventTypes types)
    where TEvent : class
{
    private static readonly EventMetadata Metadata = new("default", "key-1");

    public TState State { get; private set; } = decider.Initial;

    public List<TEvent> Events { get; } = [];

    public void Send(TCommand command)
    {
        foreach (var e in Decide(command))
        {
            Events.Add(ReadBack(e));
            State = decider.Evolve(State, Events[^1]);
        }

        Assert.Empty(Decide(command));
    }

    private IReadOnlyList<TEvent> Decide(TCommand command)
    {
        try
        {
            return decider.Decide(command, State);
        }
        catch (RejectedException)
        {
            return [];
        }
    }

    private TEvent ReadBack(TEvent e)
    {
        var written = types.Write(Guid.Empty, e, Metadata);
        var read = types.Read(new RecordedEvent("s-1", 0, 1, written.Id, written.Type, written.Data, written.Metadata, default));
        var again = types.Write(Guid.Empty, read, Metadata);
        Assert.Equal((written.Type, Text(written)), (again.Type, Text(again)));
        return Assert.IsAssignableFrom<TEvent>(read);
    }

    private static string Text(NewEvent e) => Encoding.UTF8.GetString(e.Data.Span);
}
