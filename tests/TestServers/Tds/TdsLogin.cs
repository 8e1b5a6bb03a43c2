using System.Buffers.Binary;
using System.Text;

namespace TestServers.Tds;

/// <summary>A request to sign in ([MS-TDS] 2.2.6.4, LOGIN7). The password is only compared.</summary>
public sealed class TdsLogin(byte[] data)
{
    private const int OptionsAt = 27, UserAt = 40, PasswordAt = 44, ApplicationAt = 48, ExtensionAt = 56, DatabaseAt = 68, Extension = 0x10;

    public uint Version { get; } = BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan(4));

    public string User => Encoding.Unicode.GetString(Bytes(UserAt));

    public string Application => Encoding.Unicode.GetString(Bytes(ApplicationAt));

    public string Database => Encoding.Unicode.GetString(Bytes(DatabaseAt));

    /// <summary>The features that the client asks for (FeatureExt).</summary>
    public IReadOnlyList<byte> Features()
    {
        var features = new List<byte>();
        if ((data[OptionsAt] & Extension) == 0) return features;
        var at = BinaryPrimitives.ReadInt32LittleEndian(data.AsSpan(BinaryPrimitives.ReadUInt16LittleEndian(data.AsSpan(ExtensionAt))));
        for (; data[at] != 0xFF; at += 5 + BinaryPrimitives.ReadInt32LittleEndian(data.AsSpan(at + 1))) features.Add(data[at]);
        if (at + 1 != data.Length || data.Length != BinaryPrimitives.ReadInt32LittleEndian(data))
            throw new InvalidDataException("The features do not end with the message.");
        return features;
    }

    // The client exchanges the halves of each byte and then combines it with 0xA5.
    public bool HasPassword(string password) => Encoding.Unicode.GetString(
        [.. Bytes(PasswordAt).Select(b => (byte)(b ^ 0xA5)).Select(b => (byte)(b << 4 | b >> 4))]) == password;

    private byte[] Bytes(int field)
    {
        var at = BinaryPrimitives.ReadUInt16LittleEndian(data.AsSpan(field));
        return data[at..(at + 2 * BinaryPrimitives.ReadUInt16LittleEndian(data.AsSpan(field + 2)))];
    }
}
