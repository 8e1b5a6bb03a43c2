using System.Buffers.Binary;
using System.Globalization;
using EventSourcing.EventStoreDb.Protocol;
using Google.Protobuf;

namespace EventSourcing.EventStoreDb;

/// <summary>Converts between the records of the log and those of the protocol. Data and metadata keep their exact bytes.</summary>
internal static class Messages
{
    public static readonly Empty Empty = new();

    private const string TypeKey = "type";
    private const string CreatedKey = "created";
    private const string ContentTypeKey = "content-type";

    public static StreamIdentifier Stream(string name) => new() { StreamName = ByteString.CopyFromUtf8(name) };

    public static BatchAppendReq.Types.ProposedMessage Proposed(NewEvent e, bool appendGoesOn) => new()
    {
        Id = Uuid(e.Id),
        Metadata =
        {
            { TypeKey, e.Type },
            { ContentTypeKey, e.Data.Span is [(byte)'{', ..] ? "application/json" : "application/octet-stream" }
        },
        CustomMetadata = appendGoesOn ? AppendMark.Put(e.Metadata) : UnsafeByteOperations.UnsafeWrap(e.Metadata),
        Data = UnsafeByteOperations.UnsafeWrap(e.Data)
    };

    public static RecordedEvent Recorded(ReadResp.Types.Recorded e) => new(
        e.StreamIdentifier.StreamName.ToStringUtf8(),
        (long)e.StreamRevision,
        (long)e.CommitPosition,
        Id(e.Id),
        e.Metadata[TypeKey],
        e.Data.Memory,
        AppendMark.Without(e.CustomMetadata.Memory),
        DateTimeOffset.UnixEpoch.AddTicks(long.Parse(e.Metadata[CreatedKey], CultureInfo.InvariantCulture)));

    private static UUID Uuid(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return new UUID
        {
            Structured = new UUID.Types.Structured
            {
                MostSignificantBits = BinaryPrimitives.ReadInt64BigEndian(bytes),
                LeastSignificantBits = BinaryPrimitives.ReadInt64BigEndian(bytes[8..])
            }
        };
    }

    private static Guid Id(UUID id)
    {
        if (id.ValueCase == UUID.ValueOneofCase.String) return Guid.Parse(id.String);
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, id.Structured.MostSignificantBits);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], id.Structured.LeastSignificantBits);
        return new Guid(bytes, bigEndian: true);
    }
}
