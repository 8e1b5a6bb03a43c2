using System.Globalization;
using EventSourcing;
using EventSourcing.EventStoreDb.Protocol;
using Google.Protobuf;

namespace EventStoreDouble;

/// <summary>Converts between stored events and protocol messages.</summary>
internal static class Wire
{
    public static NewEvent Proposed(BatchAppendReq.Types.ProposedMessage message) => new(
        Id(message.Id), message.Metadata["type"], message.Data.ToByteArray(), message.CustomMetadata.ToByteArray());

    public static ReadResp Event(RecordedEvent e)
    {
        var recorded = new ReadResp.Types.Recorded
        {
            Id = Uuid(e.Id),
            StreamIdentifier = new StreamIdentifier { StreamName = ByteString.CopyFromUtf8(e.Stream) },
            StreamRevision = (ulong)e.Revision,
            CommitPosition = (ulong)e.Position,
            PreparePosition = (ulong)e.Position,
            Data = ByteString.CopyFrom(e.Data.Span),
            CustomMetadata = ByteString.CopyFrom(e.Metadata.Span)
        };
        recorded.Metadata.Add("type", e.Type);
        recorded.Metadata.Add("created", (e.At - DateTimeOffset.UnixEpoch).Ticks.ToString(CultureInfo.InvariantCulture));
        recorded.Metadata.Add("content-type", "application/json");
        return new ReadResp { Event = new ReadResp.Types.ReadEvent { Event = recorded } };
    }

    public static AllStreamPosition Position(long position) =>
        new() { CommitPosition = (ulong)position, PreparePosition = (ulong)position };

    private static Guid Id(UUID id) => id.ValueCase == UUID.ValueOneofCase.String
        ? Guid.Parse(id.String)
        : Guid.ParseExact($"{id.Structured.MostSignificantBits:x16}{id.Structured.LeastSignificantBits:x16}", "N");

    private static UUID Uuid(Guid id)
    {
        var digits = id.ToString("N");
        return new UUID
        {
            Structured = new UUID.Types.Structured
            {
                MostSignificantBits = Convert.ToInt64(digits[..16], 16),
                LeastSignificantBits = Convert.ToInt64(digits[16..], 16)
            }
        };
    }
}
