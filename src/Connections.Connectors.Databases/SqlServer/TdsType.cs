using System.Buffers.Binary;

namespace Connections.Connectors.SqlServer;

/// <summary>The form of the values of a column, as the library reads them ([MS-TDS] 2.2.5.4 to 2.2.5.6).</summary>
/// <param name="Code">The type.</param>
/// <param name="Head">How many bytes say how long a value is; 0 if all values have the same length.</param>
/// <param name="Size">The length of all values, if it is the same.</param>
internal readonly record struct TdsType(byte Code, int Head, int Size = 0)
{
    private const int HeadBytes = 7;
    private const int CollationBytes = 5;
    private const int TextPointer = 1;
    private const int WholeLength = 8;
    private const int TimestampBytes = 8;
    private const int LengthBytes = 4;

    public bool InParts => Head == WholeLength;

    public int? Fixed => Head == 0 ? Size : null;

    private bool IsText => Code is 0x22 or 0x23 or 0x63;

    /// <param name="bytes">The definition of a column ([MS-TDS] 2.2.7.4), as far as it is there.</param>
    /// <param name="needed">How many bytes have to be there.</param>
    /// <returns>The problem; null if there is none.</returns>
    public static string? Read(ReadOnlySpan<byte> bytes, out int needed, out TdsType type)
    {
        (needed, type) = (HeadBytes, default);
        if (bytes.Length < needed) return null;
        var code = bytes[HeadBytes - 1];
        var at = HeadBytes + code switch
        {
            0x30 or 0x32 or 0x34 or 0x38 or 0x3A or 0x3B or 0x3C or 0x3D or 0x3E or 0x7A or 0x7F or 0x28 => 0,
            0x24 or 0x26 or 0x68 or 0x6D or 0x6E or 0x6F or 0x29 or 0x2A or 0x2B or 0xF1 => 1,
            0xA5 or 0xAD or 0xF0 => 2,
            0x6A or 0x6C => 3,
            0xA7 or 0xAF or 0xE7 or 0xEF => 2 + CollationBytes,
            0x62 or 0x22 => 4,
            0x23 or 0x63 => 4 + CollationBytes,
            _ => -1
        };
        if (at < HeadBytes) return $"a column of type 0x{code:X2}";
        needed = at;
        if (bytes.Length < needed) return null;
        var parts = bytes[HeadBytes..at] is [0xFF, 0xFF, ..];
        var size = code is 0x26 or 0x68 or 0x6D or 0x6E or 0x6F ? bytes[HeadBytes] : SizeOf(code);
        if (size > 0 && !IsSize(code, size)) return $"a column of type 0x{code:X2} with values of {size} bytes";
        // The library decides by the flag whether the length of a value precedes it.
        var nullable = (bytes[4] & 1) != 0;
        type = code switch
        {
            0x24 or 0x28 or 0x29 or 0x2A or 0x2B or 0x6A or 0x6C => new(code, 1),
            _ when size > 0 => nullable ? new(code, 1) : new(code, 0, size),
            0xF0 or 0xF1 => new(code, WholeLength),
            0xA5 or 0xA7 or 0xE7 when parts => new(code, WholeLength),
            0x62 => new(code, LengthBytes),
            0x22 or 0x23 or 0x63 => new(code, TextPointer),
            _ => new(code, 2)
        };
        if ((type.Head == 0 && size == 0) || (type.Head == 2 && parts)) return $"a column of type 0x{code:X2} without a size";
        var names = code switch { 0xF0 => 3, 0xF1 when (bytes[HeadBytes] & 1) != 0 => 2, _ => 0 };
        var empty = false;
        for (var i = 0; i < names; i++)
        {
            var start = at;
            if (!Text(bytes, ref at, 1, ref needed)) return null;
            empty = at == start + 1;
        }

        var last = at;
        var complete = names == 0 || Text(bytes, ref at, 2, ref needed);
        // The library would not read the name of a collection of schemas without an owner.
        if (code == 0xF1 && empty && at > last + 2) return "a collection of schemas without an owner";
        if (!complete) return null;
        if (type.IsText && !Table(bytes, ref at, ref needed)) return null;
        Text(bytes, ref at, 1, ref needed);
        return null;
    }

    /// <summary>Skips a text whose length precedes it.</summary>
    /// <returns>False if it is not there yet.</returns>
    public static bool Text(ReadOnlySpan<byte> bytes, ref int at, int head, ref int needed, int unit = 2)
    {
        needed = at + head;
        if (bytes.Length < needed) return false;
        var length = head == 1 ? bytes[at] : BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);
        at = needed += unit * length;
        return bytes.Length >= needed;
    }

    /// <summary>How many bytes have to be there to know the length of a value.</summary>
    public int HeadOf(ReadOnlySpan<byte> bytes) =>
        IsText && bytes[0] != 0 ? TextPointer + bytes[0] + TimestampBytes + LengthBytes
        : InParts && Announced(bytes) == 0 ? WholeLength + LengthBytes
        : Head;

    /// <returns>How many bytes follow, not 0 if parts follow; null if the length is not valid.</returns>
    public long? Length(ReadOnlySpan<byte> bytes) => Head switch
    {
        WholeLength => Announced(bytes) switch
        {
            ulong.MaxValue => 0,
            // The library would read another length of 8 bytes after the part.
            0 => BinaryPrimitives.ReadUInt32LittleEndian(bytes[WholeLength..]) == 0 ? 0 : null,
            _ => 1
        },
        LengthBytes => Whole(bytes),
        2 => BinaryPrimitives.ReadUInt16LittleEndian(bytes) is var length && length == ushort.MaxValue ? 0 : length,
        _ when IsText => bytes[0] == 0 ? 0 : Whole(bytes[^LengthBytes..]),
        _ => bytes[0] == 0 || IsSize(Code, bytes[0]) ? bytes[0] : null
    };

    private static ulong Announced(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes);

    private static long? Whole(ReadOnlySpan<byte> bytes) =>
        BinaryPrimitives.ReadUInt32LittleEndian(bytes) is var length && length <= int.MaxValue ? length : null;

    private static int SizeOf(byte code) => code switch
    {
        0x30 or 0x32 => 1,
        0x34 => 2,
        0x38 or 0x3A or 0x3B or 0x7A => 4,
        0x3C or 0x3D or 0x3E or 0x7F => 8,
        _ => 0
    };

    // The library reads the bytes of the type, whatever length is announced.
    private static bool IsSize(byte code, int size) => code switch
    {
        0x30 or 0x34 or 0x38 or 0x7F or 0x26 => size is 1 or 2 or 4 or 8,
        0x32 or 0x68 => size == 1,
        0x24 => size == 16,
        0x28 => size == 3,
        0x29 or 0x2A or 0x2B => size <= 10,
        0x6A or 0x6C => size is 5 or 9 or 13 or 17,
        _ => size is 4 or 8
    };

    private static bool Table(ReadOnlySpan<byte> bytes, ref int at, ref int needed)
    {
        needed = at + 1;
        if (bytes.Length < needed) return false;
        var parts = bytes[at++];
        for (var i = 0; i < parts; i++)
            if (!Text(bytes, ref at, 2, ref needed)) return false;
        return true;
    }
}
