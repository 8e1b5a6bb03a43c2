using System.Buffers.Binary;

namespace Connections.Connectors.SqlServer;

/// <summary>Packets of the Tabular Data Stream protocol ([MS-TDS] 2.2.3): a head of eight bytes and the data.</summary>
internal static class TdsPacket
{
    public const int HeadLength = 8;
    public const byte PreLogin = 0x12;
    public const byte Login = 0x10;
    public const byte Response = 0x04;

    private const byte EndOfMessage = 1;
    private const int MaxBytes = 4096;
    private const int MaxSignInBytes = 32 * 1024;

    public static bool IsLast(byte status) => (status & EndOfMessage) != 0;

    public static byte[] Create(byte type, ReadOnlySpan<byte> data)
    {
        var packet = new byte[HeadLength + data.Length];
        (packet[0], packet[1]) = (type, EndOfMessage);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        data.CopyTo(packet.AsSpan(HeadLength));
        return packet;
    }

    /// <summary>A message in packets.</summary>
    public static IEnumerable<byte[]> Split(byte type, byte[] data)
    {
        for (var at = 0; at == 0 || at < data.Length; at += MaxBytes - HeadLength)
        {
            var packet = Create(type, data.AsSpan(at, Math.Min(MaxBytes - HeadLength, data.Length - at)));
            if (at + MaxBytes - HeadLength < data.Length) packet[1] = 0;
            yield return packet;
        }
    }

    /// <summary>Reads one packet before the sign-in. It has to be of one of the types.</summary>
    public static async Task<byte[]> Read(Stream stream, CancellationToken ct, params byte[] types)
    {
        var head = new byte[HeadLength];
        await stream.ReadExactlyAsync(head, ct);
        var length = BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(2));
        if (!types.Contains(head[0]) || length is < HeadLength or > MaxSignInBytes)
            throw new InvalidDataException("No packet of this protocol.");
        var packet = new byte[length];
        head.CopyTo(packet, 0);
        await stream.ReadExactlyAsync(packet.AsMemory(HeadLength), ct);
        return packet;
    }
}
