using System.Buffers.Binary;

namespace Connections.Connectors.SqlServer;

/// <summary>How a side wants to encrypt ([MS-TDS] 2.2.6.5, option ENCRYPTION).</summary>
internal enum TdsEncryption : byte
{
    Off = 0,
    On = 1,
    NotSupported = 2,
    Required = 3
}

/// <summary>The first message of both sides ([MS-TDS] 2.2.6.5).</summary>
internal static class TdsPreLogin
{
    private const byte EncryptionOption = 1;
    private const byte Terminator = 0xFF;
    private const int OptionLength = 5;

    /// <summary>The client's message: version, encryption, no instance, no thread, no multiple active results.</summary>
    public static byte[] Request(TdsEncryption encryption) => TdsPacket.Create(
        TdsPacket.PreLogin,
        [
            0, 0, 26, 0, 6, 1, 0, 32, 0, 1, 2, 0, 33, 0, 1, 3, 0, 34, 0, 4, 4, 0, 38, 0, 1, Terminator,
            7, 0, 0, 0, 0, 0, (byte)encryption, 0, 0, 0, 0, 0, 0
        ]);

    /// <summary>Finds the encryption in a message; null if the message is not valid.</summary>
    public static TdsEncryption? Encryption(ReadOnlySpan<byte> packet) =>
        Find(packet) is { } at && packet[at] <= (byte)TdsEncryption.Required ? (TdsEncryption)packet[at] : null;

    /// <summary>Replaces the encryption in a valid message.</summary>
    public static void Replace(Span<byte> packet, TdsEncryption encryption) => packet[Find(packet)!.Value] = (byte)encryption;

    private static int? Find(ReadOnlySpan<byte> packet)
    {
        for (var at = TdsPacket.HeadLength; at + OptionLength <= packet.Length && packet[at] != Terminator; at += OptionLength)
        {
            if (packet[at] != EncryptionOption) continue;
            var value = TdsPacket.HeadLength + BinaryPrimitives.ReadUInt16BigEndian(packet[(at + 1)..]);
            return packet[at + 4] == 1 && value < packet.Length ? value : null;
        }

        return null;
    }
}
