using System.Buffers.Binary;

namespace Connections.Connectors.SqlServer;

/// <summary>
/// Reads the tokens at the beginning of a response ([MS-TDS] 2.2.7), for as long as their lengths stand at their beginning: what precedes
/// the columns of a result.
/// </summary>
internal sealed class TdsTokens
{
    public const int MaxColumns = 4_096;
    public const int MaxMessages = 1_000;

    private const byte ColumnMetadata = 0x81;
    private const byte Error = 0xAA;
    private const byte Information = 0xAB;
    private const byte FeatureAcknowledgement = 0xAE;
    private const byte EnvironmentChange = 0xE3;
    private const int HeadBytes = 3;
    private const int WholeBytes = 64 * 1024;

    private byte[] kept = [];
    private int messages;
    private long skip;
    private bool ended;

    /// <returns>The problem; null if the bytes may come.</returns>
    public string? Accept(ReadOnlySpan<byte> data)
    {
        if (ended) return null;
        if (skip >= data.Length)
        {
            skip -= data.Length;
            return null;
        }

        byte[] all = [.. kept, .. data[(int)skip..]];
        (skip, var at) = (0, 0);
        while (at < all.Length && !ended)
        {
            if (Length(all.AsSpan(at)) is not { } length) break;
            if (Check(all.AsSpan(at)) is { } problem) return problem;
            if (ended) break;
            if (at + length > all.Length)
            {
                skip = at + length - all.Length;
                at = all.Length;
                break;
            }

            at += (int)length;
        }

        kept = ended ? [] : all[at..];
        return kept.Length > WholeBytes ? "a token that does not end" : null;
    }

    private string? Check(ReadOnlySpan<byte> token)
    {
        if (token[0] == ColumnMetadata)
        {
            ended = true;
            var columns = BinaryPrimitives.ReadUInt16LittleEndian(token[1..]);
            return columns is > MaxColumns and < ushort.MaxValue ? $"a result of {columns} columns" : null;
        }

        if (token[0] is Error or Information && ++messages > MaxMessages) return "too many messages";
        ended = !Known(token[0]);
        return null;
    }

    private static bool Known(byte type) =>
        type is 0x79 or 0xA9 or Error or Information or 0xAD or FeatureAcknowledgement or EnvironmentChange
        or 0xE4 or 0xED or 0xEE or 0xFD or 0xFE or 0xFF;

    /// <summary>The length of the token; null if more bytes are needed to know it.</summary>
    private static long? Length(ReadOnlySpan<byte> token) => token[0] switch
    {
        0x79 => 5, // RETURNSTATUS
        0xFD or 0xFE or 0xFF => 13, // DONE, DONEPROC, DONEINPROC
        0xE4 or 0xEE => token.Length < 5 ? null : 5 + (long)BinaryPrimitives.ReadUInt32LittleEndian(token[1..]),
        FeatureAcknowledgement => Features(token),
        _ => token.Length < HeadBytes ? null : HeadBytes + (long)BinaryPrimitives.ReadUInt16LittleEndian(token[1..])
    };

    private static long? Features(ReadOnlySpan<byte> token)
    {
        for (long at = 1; at < token.Length;)
        {
            if (token[(int)at] == 0xFF) return at + 1;
            if (at + 5 > token.Length) return null;
            at += 5 + (long)BinaryPrimitives.ReadUInt32LittleEndian(token[((int)at + 1)..]);
        }

        return null;
    }
}
