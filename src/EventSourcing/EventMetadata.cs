using System.Text.Json;

namespace EventSourcing;

/// <summary>The workspace, actor and cause of an event.</summary>
/// <param name="Actor">The id of the API key, or the part of the service that acted.</param>
/// <param name="Correlation">The same for everything that follows from one call or message.</param>
/// <param name="Causation">The id of the event, message or request that led to this one.</param>
/// <param name="Trace">The span that appended the event, in W3C <c>traceparent</c> form; null where tracing is off.</param>
public sealed record EventMetadata(
    string Workspace, string Actor, string? Correlation = null, string? Causation = null, string? Trace = null)
{
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, EventTypes.Json);

    public static EventMetadata From(RecordedEvent recorded) => recorded.Read.Metadata ??=
        JsonSerializer.Deserialize<EventMetadata>(recorded.Metadata.Span, EventTypes.Json)
        ?? throw new JsonException($"Event {recorded.Id} of stream {recorded.Stream} has no metadata.");

    /// <summary>Metadata for an event caused by another: the same workspace, correlation and trace.</summary>
    public static EventMetadata Following(RecordedEvent cause, string actor)
    {
        var was = From(cause);
        return was with { Actor = actor, Correlation = was.Correlation ?? cause.Id.ToString(), Causation = cause.Id.ToString() };
    }
}
