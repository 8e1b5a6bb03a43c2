using System.Buffers.Binary;
using System.Text;

namespace EndToEnd.Tests.Traces;

/// <summary>Reads a protobuf message by its field numbers.</summary>
internal sealed class ProtobufFields
{
    private readonly List<(int Number, ReadOnlyMemory<byte> Bytes, ulong Value)> fields = [];

    public ProtobufFields(ReadOnlyMemory<byte> message)
    {
        while (!message.IsEmpty)
        {
            var key = Varint(ref message);
            var (number, bytes, value) = ((int)(key >> 3), ReadOnlyMemory<byte>.Empty, 0UL);
            switch (key & 7)
            {
                case 0:
                    value = Varint(ref message);
                    break;
                case 1:
                    value = BinaryPrimitives.ReadUInt64LittleEndian(Take(ref message, 8).Span);
                    break;
                case 2:
                    bytes = Take(ref message, (int)Varint(ref message));
                    break;
                case 5:
                    value = BinaryPrimitives.ReadUInt32LittleEndian(Take(ref message, 4).Span);
                    break;
                default:
                    throw new InvalidDataException($"There is no wire type {key & 7}.");
            }

            fields.Add((number, bytes, value));
        }
    }

    public IEnumerable<ProtobufFields> Messages(int number) => Bytes(number).Select(b => new ProtobufFields(b));

    public string Text(int number) => Encoding.UTF8.GetString(Bytes(number).LastOrDefault().Span);

    public string Hex(int number) => Convert.ToHexStringLower(Bytes(number).LastOrDefault().Span);

    public ulong Value(int number) => fields.LastOrDefault(f => f.Number == number).Value;

    public bool Has(int number) => fields.Exists(f => f.Number == number);

    private IEnumerable<ReadOnlyMemory<byte>> Bytes(int number) => fields.Where(f => f.Number == number).Select(f => f.Bytes);

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> from, int length)
    {
        var taken = from[..length];
        from = from[length..];
        return taken;
    }

    private static ulong Varint(ref ReadOnlyMemory<byte> from)
    {
        var (value, shift) = (0UL, 0);
        while (true)
        {
            var next = Take(ref from, 1).Span[0];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return value;
            shift += 7;
        }
    }
}
