using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace EventSourcing;

/// <summary>Stored names of event types, and serialization. A name is permanent; the class behind it may be renamed.</summary>
public sealed class EventTypes
{
    /// <summary>The JSON format of everything stored in the log.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver()
    };

    private readonly Dictionary<string, Type> byName = [];
    private readonly Dictionary<Type, string> byType = [];

    public IReadOnlyDictionary<Type, string> Names => byType;

    public EventTypes Map<TEvent>(string name)
    {
        byName.Add(name, typeof(TEvent));
        byType.Add(typeof(TEvent), name);
        return this;
    }

    public bool Knows(string name) => byName.ContainsKey(name);

    /// <exception cref="UnknownEventException">The stored name is not mapped.</exception>
    public object Read(RecordedEvent recorded)
    {
        if (!byName.TryGetValue(recorded.Type, out var type)) throw new UnknownEventException(recorded.Type, recorded.Stream, recorded.Position);
        if (recorded.Read.Event is { } decoded && decoded.GetType() == type) return decoded;
        return recorded.Read.Event = JsonSerializer.Deserialize(recorded.Data.Span, type, Json)
            ?? throw new JsonException($"Event {recorded.Type} of stream {recorded.Stream} at revision {recorded.Revision} is empty.");
    }

    public NewEvent Write(Guid id, object e, EventMetadata metadata) => new(
        id,
        byType.TryGetValue(e.GetType(), out var name) ? name : throw new InvalidOperationException($"{e.GetType().Name} has no stored name."),
        JsonSerializer.SerializeToUtf8Bytes(e, e.GetType(), Json),
        metadata.ToBytes());
}
