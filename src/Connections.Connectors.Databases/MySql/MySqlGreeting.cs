using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Connections.Domain;

namespace Connections.Connectors.MySql;

/// <summary>The server's first packet: its capabilities, or an error.</summary>
/// <param name="Bytes">The packet as received.</param>
internal sealed record MySqlGreeting(byte[] Bytes, bool CanEncrypt, ConnectorResult.Failed? Failure)
{
    public const int HeaderBytes = 4;

    private const int MaxGreetingBytes = 4096;
    private const int EncryptionFlag = 0x0800;
    private const byte ErrorMark = 0xFF;
    private const byte Protocol = 10;
    private const int AfterVersion = 4 + 8 + 1;

    public static async Task<MySqlGreeting> Read(Socket socket, CancellationToken ct)
    {
        await using var stream = new NetworkStream(socket);
        var packet = await ReadPacket(stream, ct);
        return packet.Length > 0 ? Parse(packet) : NotMySql;
    }

    /// <summary>Reads one packet with its header before the sign-in. Empty if it is none.</summary>
    public static async Task<byte[]> ReadPacket(Stream stream, CancellationToken ct) => await ReadPacket(
        stream, (length, sequence) => length is >= 3 and <= MaxGreetingBytes && sequence <= 1, ct) ?? [];

    /// <param name="fits">Judges the announced length and the sequence number, before more is read.</param>
    /// <returns>The packet with its header; null if it does not fit.</returns>
    public static async Task<byte[]?> ReadPacket(Stream stream, Func<int, byte, bool> fits, CancellationToken ct)
    {
        var head = new byte[HeaderBytes];
        await stream.ReadExactlyAsync(head, ct);
        var length = head[0] | head[1] << 8 | head[2] << 16;
        if (!fits(length, head[3])) return null;
        var bytes = new byte[HeaderBytes + length];
        head.CopyTo(bytes, 0);
        await stream.ReadExactlyAsync(bytes.AsMemory(HeaderBytes), ct);
        return bytes;
    }

    public static MySqlGreeting NotMySql { get; } = new([], false, new ConnectorResult.Failed(
        FailureKind.Unavailable, "The server at this address does not respond like MySQL or MariaDB.", Delivered.No));

    internal static MySqlGreeting Parse(byte[] bytes)
    {
        var body = bytes.AsSpan(4);
        if (body[0] == ErrorMark)
        {
            var number = BinaryPrimitives.ReadUInt16LittleEndian(body[1..]);
            // A state is optional: some servers and proxies send none.
            var state = body.Length >= 9 && body[3] == '#' ? 6 : 0;
            var text = Encoding.UTF8.GetString(body[(3 + state)..]);
            return new MySqlGreeting(bytes, false, MySqlFailures.AtSignIn(number, text, null, "", false));
        }

        var version = body.IndexOf((byte)0);
        if (body[0] != Protocol || version < 0 || body.Length < version + 1 + AfterVersion + 2) return NotMySql;
        var abilities = BinaryPrimitives.ReadUInt16LittleEndian(body[(version + 1 + AfterVersion)..]);
        return new MySqlGreeting(bytes, (abilities & EncryptionFlag) != 0, null);
    }
}
