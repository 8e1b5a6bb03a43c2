using System.Buffers.Binary;
using Connections.Connectors.Databases;

namespace Connections.Connectors.MySql;

/// <summary>
/// Bounds the packets of a MySQL server: a small allowance until the sign-in is complete, then the size of each packet and of a whole
/// response. The library holds one row and all descriptions of columns in memory.
/// </summary>
internal sealed class MySqlGuard(MySqlWire wire) : FramedGuard(HeadLength)
{
    /// <summary>The bytes that a server may send before the sign-in is complete.</summary>
    public const int SignInBytes = 64 * 1024;

    /// <summary>The largest packet afterwards. A row of this size does not fit into an output.</summary>
    public const int PacketBytes = 1024 * 1024;

    /// <summary>MySQL and MariaDB allow no more columns in a result.</summary>
    public const int MaxColumns = 4_096;

    private const int HeadLength = 4;
    private const int SignInPackets = 100;
    private int packets;
    private long signInBytes;

    protected override string? CheckHead(ReadOnlySpan<byte> head, out long length, out int wanted)
    {
        length = head[0] | head[1] << 8 | head[2] << 16;
        wanted = wire.SignedIn && length is 3 or 4 or 9 ? (int)length : 0;
        if (!wire.SignedIn) return CheckSignIn(length);
        return length > PacketBytes ? $"a row or packet of more than {PacketBytes / 1024} KB"
            : !wire.Take(HeadLength + length) ? $"a response of more than {MySqlWire.ResponseBytes / 1024} KB"
            : null;
    }

    // A packet that consists of one length-encoded number announces the columns of a result, for which the library reserves memory. Rows of
    // this length begin with other bytes.
    protected override string? CheckStart(ReadOnlySpan<byte> head, ReadOnlySpan<byte> start)
    {
        var count = (start[0], start.Length) switch
        {
            (0xFC, 3) => BinaryPrimitives.ReadUInt16LittleEndian(start[1..]),
            (0xFD, 4) => (ulong)(start[1] | start[2] << 8 | start[3] << 16),
            (0xFE, 9) => BinaryPrimitives.ReadUInt64LittleEndian(start[1..]),
            _ => 0UL
        };
        return count > MaxColumns ? $"a result of {count} columns" : null;
    }

    private string? CheckSignIn(long length) =>
        (signInBytes += HeadLength + length) > SignInBytes ? $"more than {SignInBytes / 1024} KB before the sign-in was complete"
        : ++packets > SignInPackets ? "too many packets before the sign-in was complete"
        : null;
}
