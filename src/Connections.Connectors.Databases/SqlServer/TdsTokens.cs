using System.Buffers.Binary;

namespace Connections.Connectors.SqlServer;

/// <summary>
/// Follows the tokens of a response to a statement ([MS-TDS] 2.2.7), with the rows of its results. The library reserves memory for as many
/// columns as a server announces, so a response that cannot be followed is rejected.
/// </summary>
internal sealed class TdsTokens
{
    public const int MaxColumns = 4_096;
    public const int MaxMessages = 1_000;

    private const byte ColumnMetadata = 0x81;
    private const byte Error = 0xAA;
    private const byte Information = 0xAB;
    private const byte EnvironmentChange = 0xE3;
    private const byte Row = 0xD1;
    private const byte CompressedRow = 0xD2;
    private const int HeadBytes = 3;
    private const string Lengths = "a token whose lengths contradict each other";

    private byte[] unit = new byte[64];
    private int filled;
    private int wanted = 1;
    private long skip;
    private int messages;

    private Reading reading;
    private TdsType[]? columns;
    private byte[] nulls = [];
    private int column;

    private enum Reading
    {
        Token,
        Column,
        Nulls,
        Value,
        Part
    }

    /// <returns>The problem; null if the bytes may come.</returns>
    public string? Accept(ReadOnlySpan<byte> data)
    {
        while (data.Length > 0)
        {
            if (skip > 0)
            {
                var skipped = (int)Math.Min(skip, data.Length);
                skip -= skipped;
                data = data[skipped..];
                continue;
            }

            var taken = Math.Min(wanted - filled, data.Length);
            if (unit.Length < wanted) Array.Resize(ref unit, Math.Max(wanted, 2 * unit.Length));
            data[..taken].CopyTo(unit.AsSpan(filled));
            filled += taken;
            data = data[taken..];
            if (filled == wanted && Read(unit.AsSpan(0, filled)) is { } problem) return problem;
        }

        return null;
    }

    private string? Read(ReadOnlySpan<byte> bytes) => reading switch
    {
        Reading.Token => Token(bytes),
        Reading.Column => Column(bytes),
        Reading.Nulls => Nulls(bytes),
        Reading.Value => Value(bytes),
        _ => Part(BinaryPrimitives.ReadUInt32LittleEndian(bytes))
    };

    private string? Token(ReadOnlySpan<byte> bytes)
    {
        switch (bytes[0])
        {
            case 0x79: // RETURNSTATUS
                return Next(Reading.Token, bytes: 4);
            case 0xFD or 0xFE or 0xFF: // DONE, DONEPROC, DONEINPROC
                return Next(Reading.Token, bytes: 12);
            case Row or CompressedRow:
                if (columns is null) return "a row without columns";
                (nulls, column) = ([], -1);
                return bytes[0] == Row || columns.Length == 0 ? NextValue() : Next(Reading.Nulls, first: (columns.Length + 7) / 8);
            case not (ColumnMetadata or Error or Information or EnvironmentChange or 0xA9): // ORDER
                return $"a token of type 0x{bytes[0]:X2}";
        }

        if (bytes.Length < HeadBytes) return More(HeadBytes);
        var length = BinaryPrimitives.ReadUInt16LittleEndian(bytes[1..]);
        if (bytes[0] == ColumnMetadata) return Columns(length);
        if (bytes[0] == 0xA9) return Next(Reading.Token, length);
        return bytes[0] == EnvironmentChange ? Change(bytes, length) : Message(bytes, length);
    }

    // The library ignores the announced length of these tokens, so their content has to agree with it.
    private string? Message(ReadOnlySpan<byte> bytes, int length)
    {
        var (at, needed) = (9, 0); // number, state, class, text, server, procedure, line
        if (TdsType.Text(bytes, ref at, 2, ref needed) && TdsType.Text(bytes, ref at, 1, ref needed)
            && TdsType.Text(bytes, ref at, 1, ref needed)) needed += 4;
        if (needed > HeadBytes + length) return Lengths;
        if (bytes.Length < needed) return More(needed);
        if (++messages > MaxMessages) return "too many messages";
        return needed == HeadBytes + length ? Next(Reading.Token) : Lengths;
    }

    private string? Change(ReadOnlySpan<byte> bytes, int length)
    {
        if (bytes.Length < 4) return length == 0 ? Lengths : More(4);
        var type = bytes[3];
        if (type is not (1 or 2 or 7 or (>= 8 and <= 12) or 17))
            return $"a change of its environment that does not belong to a statement (type {type})";
        var (at, needed, unit) = (4, 0, type is 1 or 2 ? 2 : 1); // texts, or bytes of a collation or of a transaction
        if (TdsType.Text(bytes, ref at, 1, ref needed, unit)) TdsType.Text(bytes, ref at, 1, ref needed, unit);
        if (needed > HeadBytes + length) return Lengths;
        if (unit == 1 && bytes.Length > 4 && !IsWhole(type, bytes[4])) return Lengths;
        if (unit == 1 && bytes.Length > 5 && bytes.Length > 5 + bytes[4] && !IsWhole(type, bytes[5 + bytes[4]])) return Lengths;
        if (bytes.Length < needed) return More(needed);
        return needed == HeadBytes + length ? Next(Reading.Token) : Lengths;
    }

    private static bool IsWhole(byte type, byte size) => size == 0 || size == (type == 7 ? 5 : 8);

    private string? Columns(int count)
    {
        (columns, column) = (null, 0);
        if (count == ushort.MaxValue) return Next(Reading.Token);
        if (count > MaxColumns) return $"a result of {count} columns";
        columns = new TdsType[count];
        return Next(count == 0 ? Reading.Token : Reading.Column);
    }

    private string? Column(ReadOnlySpan<byte> bytes)
    {
        var problem = TdsType.Read(bytes, out var needed, out columns![column]);
        if (problem is not null) return problem;
        if (needed > bytes.Length) return More(needed);
        return Next(++column < columns.Length ? Reading.Column : Reading.Token);
    }

    private string? Nulls(ReadOnlySpan<byte> bytes)
    {
        nulls = bytes.ToArray();
        return NextValue();
    }

    private string? Value(ReadOnlySpan<byte> bytes)
    {
        var type = columns![column];
        if (bytes.Length < type.HeadOf(bytes)) return More(type.HeadOf(bytes));
        if (type.Length(bytes) is not { } length) return $"a value of a wrong length in a column of type 0x{type.Code:X2}";
        return type.InParts && length != 0 ? Next(Reading.Part, first: 4) : NextValue(length);
    }

    private string? Part(uint length) => length == 0 ? NextValue() : Next(Reading.Part, length, first: 4);

    private string? NextValue(long bytes = 0)
    {
        while (++column < columns!.Length)
        {
            if (nulls.Length > 0 && (nulls[column / 8] & (1 << (column % 8))) != 0) continue;
            if (columns[column].Fixed is not { } size) return Next(Reading.Value, bytes, columns[column].Head);
            bytes += size;
        }

        return Next(Reading.Token, bytes);
    }

    private string? More(int bytes)
    {
        wanted = bytes;
        return null;
    }

    /// <param name="bytes">How many bytes to skip before.</param>
    /// <param name="first">How many bytes to read at first.</param>
    private string? Next(Reading what, long bytes = 0, int first = 1)
    {
        (reading, skip, filled, wanted) = (what, bytes, 0, first);
        return null;
    }
}
