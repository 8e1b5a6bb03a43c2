using System.Text.Json;

namespace EventSourcing;

/// <summary>Who caused an event, where, and following what.</summary>
/// <param name="Actor">The id of the API key, or the part of the service that acted.</param>
/// <param name="Correlation">One for everything that follows from one call or message.</param>
/// <param name="Causation">The id of the event, message or request that led to this one.</param>
/// <param name="Trace">The hop that appended it, as W3C writes it in <c>traceparent</c>; null where nobody looked.</param>
public sealed record EventMetadata(
    string Workspace, string Actor, string? Correlation = null, string? Causation = null, string? Trace = null)
{
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, EventTypes.Json);

    public static EventMetadata From(RecordedEvent recorded) => recorded.Read.Metadata ??=
        JsonSerializer.Deserialize<EventMetadata>(recorded.Metadata.Span, EventTypes.Json)
        ?? throw new JsonException($"Event {recorded.Id} of stream {recorded.Stream} has no metadata.");

    /// <summary>For what follows from an event: the same workspace, correlation and trace, caused by it.</summary>
    public static EventMetadata Following(RecordedEvent cause, string actor)
    {
        var was = From(cause);
        return was with { Actor = actor, Correlation = was.Correlation ?? cause.Id.ToString(), Causation = cause.Id.ToString() };
    }
}
