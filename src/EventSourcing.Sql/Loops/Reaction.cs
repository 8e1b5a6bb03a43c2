using System.Diagnostics;

namespace EventSourcing.Sql.Loops;

/// <summary>A span for an effect of an event, in the trace of the event.</summary>
public static class Reaction
{
    /// <summary>Null without a listener; then the call costs almost nothing.</summary>
    /// <param name="effect">The reactor's name.</param>
    public static Activity? Begin(string effect, RecordedEvent cause) => Flow.React.Watched
        ? Flow.React.Begin(effect, EventMetadata.From(cause).Trace)?.SetTag(HopTags.Stream, cause.Stream).SetTag(HopTags.Events, cause.Type)
        : null;
}
