using System.Buffers.Binary;
using System.Text;

namespace TestServers.Tds;

/// <summary>A request to sign in ([MS-TDS] 2.2.6.4, LOGIN7). The password is only compared.</summary>
public sealed class TdsLogin(byte[] data)
{
    private const int UserAt = 40, PasswordAt = 44, ApplicationAt = 48, DatabaseAt = 68;

    public uint Version { get; } = BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan(4));

    public string User => Encoding.Unicode.GetString(Bytes(UserAt));

    public string Application => Encoding.Unicode.GetString(Bytes(ApplicationAt));

    public string Database => Encoding.Unicode.GetString(Bytes(DatabaseAt));

    // The client exchanges the halves of each byte and then combines it with 0xA5.
    public bool HasPassword(string password) => Encoding.Unicode.GetString(
        [.. Bytes(PasswordAt).Select(b => (byte)(b ^ 0xA5)).Select(b => (byte)(b << 4 | b >> 4))]) == password;

    private byte[] Bytes(int field)
    {
        var at = BinaryPrimitives.ReadUInt16LittleEndian(data.AsSpan(field));
        return data[at..(at + 2 * BinaryPrimitives.ReadUInt16LittleEndian(data.AsSpan(field + 2)))];
    }
}
