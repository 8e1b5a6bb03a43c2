using Google.Protobuf;

namespace EventSourcing.EventStoreDb;

/// <summary>
/// Marks where an append ends. EventStoreDB accepts a repeated part of an earlier append as the whole, and its response does not show the
/// difference. Therefore each event that is not the last of its append has a mark in the last member of its metadata.
/// </summary>
internal static class AppendMark
{
    private static ReadOnlySpan<byte> Mark => ",\"$appendGoesOn\":true}"u8;

    /// <summary>Metadata that is not a JSON object with members stays unchanged, because a mark cannot be added.</summary>
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
