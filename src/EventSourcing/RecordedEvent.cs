namespace EventSourcing;

/// <summary>An event in the log. <paramref name="Revision"/> counts in its stream, <paramref name="Position"/> grows over the whole log.</summary>
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
    // a live event is handed to every loop of the process: one of them reads its bytes
    internal Reading Read { get; } = new();

    /// <summary>What its bytes say; no part of what it is.</summary>
    internal sealed class Reading : IEquatable<Reading>
    {
        public object? Event { get; set; }

        public EventMetadata? Metadata { get; set; }

        public bool Equals(Reading? other) => other is not null;

        public override bool Equals(object? obj) => obj is Reading;

        public override int GetHashCode() => 0;
    }
}
