using System.Diagnostics;

namespace EventSourcing.Sql.Loops;

/// <summary>An effect of an event, as a hop in the trace that the event came from.</summary>
public static class Reaction
{
    /// <summary>Null, and next to free, where nobody looks.</summary>
    /// <param name="effect">The reactor's name.</param>
    public static Activity? Begin(string effect, RecordedEvent cause) => Flow.React.Watched
        ? Flow.React.Begin(effect, EventMetadata.From(cause).Trace)?.SetTag(HopTags.Stream, cause.Stream).SetTag(HopTags.Events, cause.Type)
        : null;
}
