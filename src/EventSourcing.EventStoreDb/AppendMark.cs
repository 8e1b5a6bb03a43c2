using Google.Protobuf;

namespace EventSourcing.EventStoreDb;

/// <summary>
/// Where an append ends. EventStoreDB takes a part of an earlier append, sent again, for the whole and shows nothing by which one could
/// tell: so each event that is not the last of its append says so, in a last member of its metadata.
/// </summary>
internal static class AppendMark
{
    private static ReadOnlySpan<byte> Mark => ",\"$appendGoesOn\":true}"u8;

    /// <summary>Metadata that is no JSON object with a member has no place for a mark and stays as it is.</summary>
    public static ByteString Put(ReadOnlyMemory<byte> metadata)
    {
        var bytes = metadata.Span;
        return bytes is [(byte)'{', _, .., (byte)'}']
            ? UnsafeByteOperations.UnsafeWrap((byte[])[.. bytes[..^1], .. Mark])
            : UnsafeByteOperations.UnsafeWrap(metadata);
    }

    public static bool IsOn(ReadOnlySpan<byte> metadata) => metadata.EndsWith(Mark);

    public static ReadOnlyMemory<byte> Without(ReadOnlyMemory<byte> metadata) =>
        IsOn(metadata.Span) ? (byte[])[.. metadata.Span[..^Mark.Length], (byte)'}'] : metadata;
}
