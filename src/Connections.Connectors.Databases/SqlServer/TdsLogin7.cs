using System.Buffers.Binary;

namespace Connections.Connectors.SqlServer;

/// <summary>
/// The request to sign in ([MS-TDS] 2.2.6.4), as this service changes it: it asks for no extension of the protocol except texts in UTF-8.
/// So a server sends json and vector as texts, names no other server, and describes no encryption of columns.
/// </summary>
internal static class TdsLogin7
{
    private const int VersionAt = 4;
    private const int OptionsAt = 27;
    private const int ExtensionAt = 56;
    private const int FixedBytes = 94;
    private const byte HasExtension = 0x10;
    private const byte Utf8 = 0x0A;
    private const byte NoMoreFeatures = 0xFF;

    /// <param name="version">The version of the protocol that the server is to see; null to keep it.</param>
    public static byte[] Rewrite(ReadOnlySpan<byte> packet, uint? version)
    {
        if (!TdsPacket.IsLast(packet[1]) || packet.Length < TdsPacket.HeadLength + FixedBytes)
            throw new InvalidDataException("No request to sign in.");
        var data = packet[TdsPacket.HeadLength..].ToArray();
        if ((data[OptionsAt] & HasExtension) != 0) data = WithoutFeatures(data);
        if (version is { } number) BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(VersionAt), number);
        return TdsPacket.Create(TdsPacket.Login, data);
    }

    // The features are the last part of the message.
    private static byte[] WithoutFeatures(byte[] data)
    {
        var start = BinaryPrimitives.ReadInt32LittleEndian(data.AsSpan(BinaryPrimitives.ReadUInt16LittleEndian(data.AsSpan(ExtensionAt))));
        var kept = new List<byte>(data[..start]);
        for (var at = start; data[at] != NoMoreFeatures;)
        {
            var length = 5 + BinaryPrimitives.ReadInt32LittleEndian(data.AsSpan(at + 1));
            if (data[at] == Utf8) kept.AddRange(data.AsSpan(at, length));
            at += length;
        }

        kept.Add(NoMoreFeatures);
        var result = kept.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(result, result.Length);
        return result;
    }
}
