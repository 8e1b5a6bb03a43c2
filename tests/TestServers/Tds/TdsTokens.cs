using System.Buffers.Binary;
using System.Text;

namespace TestServers.Tds;

/// <summary>The tokens of responses ([MS-TDS] 2.2.7).</summary>
public static class TdsTokens
{
    public const ushort Final = 0, More = 1, Count = 0x10, Attention = 0x20;

    private const ushort Select = 0xC1, Update = 0xC5;

    /// <summary>LOGINACK (2.2.7.14), and ENVCHANGE (2.2.7.9) of the database.</summary>
    public static byte[] SignedIn(uint version, string database)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, version);
        return
        [
            .. EnvironmentChange(1, [.. Text8(database), 0]),
            .. EnvironmentChange(7, [5, .. TdsColumn.Collation, 0]),
            .. Sized(0xAD, [1, .. bytes, .. Text8("Microsoft SQL Server"), 16, 0, 0, 0]),
            .. Done()
        ];
    }

    public static byte[] EnvironmentChange(byte type, byte[] values) => Sized(0xE3, [type, .. values]);

    /// <summary>ROUTING of ENVCHANGE: protocol, port and name of another server.</summary>
    public static byte[] Routing(string host, ushort port) => EnvironmentChange(
        20, [.. Number16((ushort)(5 + host.Length * 2)), 0, .. Number16(port), .. Number16((ushort)host.Length),
            .. Encoding.Unicode.GetBytes(host), 0, 0]);

    /// <summary>ERROR (2.2.7.10).</summary>
    public static byte[] Error(int number, string text, byte severity = 14) => [.. Message(0xAA, number, text, severity), .. Done(2)];

    /// <summary>INFO (2.2.7.13).</summary>
    public static byte[] Information(string text) => Message(0xAB, 5701, text, 0);

    /// <summary>FEATUREEXTACK (2.2.7.11) of one feature.</summary>
    public static byte[] Feature(byte id, params byte[] data) => [0xAE, id, .. Number32(data.Length), .. data, 0xFF];

    /// <summary>DONE (2.2.7.6).</summary>
    public static byte[] Done(ushort status = Final, long rows = 0, ushort command = Select)
    {
        var bytes = new byte[13];
        bytes[0] = 0xFD;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(1), status);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(3), command);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(5), rows);
        return bytes;
    }

    /// <summary>The end of a statement that changed rows.</summary>
    public static byte[] Changed(long rows) => Done(Count, rows, Update);

    /// <summary>COLMETADATA (2.2.7.4).</summary>
    public static byte[] Columns(params TdsColumn[] columns) =>
        [0x81, .. Number16((ushort)columns.Length), .. columns.SelectMany(c => (byte[])[0, 0, 0, 0, 9, 0, .. c.Type, .. Text8(c.Name)])];

    /// <summary>ROW (2.2.7.19).</summary>
    public static byte[] Row(params byte[][] values) => [0xD1, .. values.SelectMany(v => v)];

    /// <summary>A result of one row.</summary>
    public static byte[] Result(params TdsColumn[] columns) =>
        [.. Columns(columns), .. Row([.. columns.Select(c => c.Value)]), .. Done(Count, 1)];

    public static byte[] Number16(ushort value) => [(byte)value, (byte)(value >> 8)];

    public static byte[] Number32(int value) => BitConverter.GetBytes(value);

    private static byte[] Message(byte token, int number, string text, byte severity) => Sized(
        token, [.. Number32(number), 1, severity, .. Number16((ushort)text.Length), .. Encoding.Unicode.GetBytes(text), .. Text8("double"),
            0, .. Number32(1)]);

    /// <summary>A token with its length, or with a length that announces more.</summary>
    public static byte[] Sized(byte token, byte[] body, int more = 0) => [token, .. Number16((ushort)(body.Length + more)), .. body];

    public static byte[] Text8(string text) => [(byte)text.Length, .. Encoding.Unicode.GetBytes(text)];
}

/// <summary>A column with its TYPE_INFO (2.2.5.6), and a value of it.</summary>
public sealed record TdsColumn(string Name, byte[] Type, byte[] Value)
{
    internal static readonly byte[] Collation = [9, 4, 0xD0, 0, 0x34];

    public static TdsColumn Number(string name, int? value) =>
        new(name, [0x26, 4], value is { } v ? [4, .. BitConverter.GetBytes(v)] : [0]);

    public static TdsColumn Bigint(string name, long value) => new(name, [0x26, 8], [8, .. BitConverter.GetBytes(value)]);

    public static TdsColumn Text(string name, string? value) => new(
        name, [0xE7, 0x40, 0x1F, .. Collation], value is null ? [0xFF, 0xFF]
            : [.. TdsTokens.Number16((ushort)(value.Length * 2)), .. Encoding.Unicode.GetBytes(value)]);

    /// <summary>nvarchar(max), in parts (2.2.5.2.3).</summary>
    public static TdsColumn LongText(string name, string value) =>
        new(name, [0xE7, 0xFF, 0xFF, .. Collation], Parts(Encoding.Unicode.GetBytes(value)));

    public static TdsColumn Xml(string name, string value) => new(name, [0xF1, 0], Parts(Encoding.Unicode.GetBytes(value)));

    public static byte[] Parts(byte[] bytes) =>
        [.. BitConverter.GetBytes((long)bytes.Length), .. BitConverter.GetBytes(bytes.Length), .. bytes, 0, 0, 0, 0];
}
