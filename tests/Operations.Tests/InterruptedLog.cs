using EventSourcing;
using TestServers;

namespace Operations.Tests;

/// <summary>A log that runs an action once, just before a given append.</summary>
internal sealed class InterruptedLog(IEventLog inner) : ForwardingLog(inner)
{
    private Func<Task>? action;
    private Func<string, string, bool> matches = (_, _) => false;

    /// <summary>Runs the action before an event with this stored name is appended to a stream with this prefix.</summary>
    public void Before(string stream, string type, Func<Task> work) =>
        (matches, action) = ((s, t) => s.StartsWith(stream, StringComparison.Ordinal) && t == type, work);

    public bool Interrupted => action is null;

    public override async Task<Appended> Append(string stream, long expected, IReadOnlyList<NewEvent> events, CancellationToken ct)
    {
        if (action is { } work && matches(stream, events[0].Type))
        {
            action = null;
            await work();
        }

        return await base.Append(stream, expected, events, ct);
    }
}
