using System.Buffers.Binary;
using System.Text;

namespace TestServers.Tds;

/// <summary>One message of packets ([MS-TDS] 2.2.3).</summary>
public sealed record TdsMessage(byte Type, byte[] Data)
{
    public const byte Batch = 1;
    public const byte Call = 3;
    public const byte Attention = 6;

    private const int Head = 8;
    private const int PacketBytes = 4096;
    private const ushort ExecuteSql = 10;

    public static async Task<TdsMessage> Read(Stream stream, CancellationToken ct)
    {
        var (head, data) = (new byte[Head], new MemoryStream());
        do
        {
            await stream.ReadExactlyAsync(head, ct);
            var part = new byte[BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(2)) - Head];
            await stream.ReadExactlyAsync(part, ct);
            data.Write(part);
        }
        while ((head[1] & 1) == 0);

        return new TdsMessage(head[0], data.ToArray());
    }

    public static async Task Write(Stream stream, byte type, byte[] data, CancellationToken ct)
    {
        for (var at = 0; at == 0 || at < data.Length; at += PacketBytes - Head)
        {
            var part = data.AsMemory(at, Math.Min(PacketBytes - Head, data.Length - at));
            var packet = new byte[Head + part.Length];
            (packet[0], packet[1]) = (type, (byte)(at + part.Length == data.Length ? 1 : 0));
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
            part.CopyTo(packet.AsMemory(Head));
            await stream.WriteAsync(packet, ct);
        }
    }

    /// <summary>The statement of a batch (2.2.6.7) or of a call of sp_executesql (2.2.6.6), and the values of its parameters in
    /// hexadecimal form.</summary>
    public (string Sql, IReadOnlyDictionary<string, string> Parameters) Statement()
    {
        var at = BinaryPrimitives.ReadInt32LittleEndian(Data); // ALL_HEADERS (2.2.5.3)
        var values = new Dictionary<string, string>();
        if (Type == Batch) return (Encoding.Unicode.GetString(Data, at, Data.Length - at), values);
        if (BinaryPrimitives.ReadUInt16LittleEndian(Data.AsSpan(at)) != ushort.MaxValue
            || BinaryPrimitives.ReadUInt16LittleEndian(Data.AsSpan(at + 2)) != ExecuteSql)
            throw new InvalidDataException("Another procedure is called.");
        at += 6;
        var sql = Encoding.Unicode.GetString(Parameter(ref at, out _));
        if (at < Data.Length) Parameter(ref at, out _); // the declaration
        while (at < Data.Length)
        {
            var value = Parameter(ref at, out var name);
            values[name] = Convert.ToHexString(value);
        }

        return (sql, values);
    }

    // ParameterData: name, flags, TYPE_INFO (2.2.5.6), value
    private byte[] Parameter(ref int at, out string name)
    {
        var length = Data[at++];
        name = Encoding.Unicode.GetString(Data, at, length * 2);
        at += length * 2 + 1;
        switch (Data[at++])
        {
            case 0xE7: // NVARCHARTYPE: length, collation
                var longest = BinaryPrimitives.ReadUInt16LittleEndian(Data.AsSpan(at));
                at += 7;
                return longest == ushort.MaxValue ? Parts(ref at)
                    : Bytes(ref at, BinaryPrimitives.ReadUInt16LittleEndian(Data.AsSpan(at)), 2);
            case 0x6A or 0x6C: // DECIMALNTYPE, NUMERICNTYPE: length, precision, scale
                at += 3;
                return Bytes(ref at, Data[at], 1);
            default: // INTNTYPE, BITNTYPE, FLTNTYPE: length
                at++;
                return Bytes(ref at, Data[at], 1);
        }
    }

    private byte[] Bytes(ref int at, int length, int prefix)
    {
        at += prefix;
        if (length == ushort.MaxValue) return [];
        at += length;
        return Data[(at - length)..at];
    }

    // PLP_BODY (2.2.5.2.3)
    private byte[] Parts(ref int at)
    {
        var all = new MemoryStream();
        for (at += 8; BinaryPrimitives.ReadInt32LittleEndian(Data.AsSpan(at)) is > 0 and var length; at += 4 + length) all.Write(Data,
            at + 4, length);
        at += 4;
        return all.ToArray();
    }
}
