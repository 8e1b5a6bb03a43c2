namespace EventSourcing;

/// <summary>
/// An event in the log. <paramref name="Revision"/> counts in its stream, <paramref name="Position"/> grows over the whole log.
/// </summary>
public sealed record RecordedEvent(
    string Stream,
    long Revision,
    long Position,
    Guid Id,
    string Type,
    ReadOnlyMemory<byte> Data,
    ReadOnlyMemory<byte> Metadata,
    DateTimeOffset At)
{
    // Every loop of the process receives the same live event; only the first one deserializes it.
    internal Reading Read { get; } = new();

    /// <summary>A cache of the decoded event. All instances are equal, so that it does not affect record equality.</summary>
    internal sealed class Reading : IEquatable<Reading>
    {
        public object? Event { get; set; }

        public EventMetadata? Metadata { get; set; }

        public bool Equals(Reading? other) => other is not null;

        public override bool Equals(object? obj) => obj is Reading;

        public override int GetHashCode() => 0;
    }
}
