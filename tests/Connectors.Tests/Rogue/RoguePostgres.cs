using System.Buffers.Binary;
using System.Text;

namespace Connectors.Tests.Rogue;

/// <summary>The server's side of PostgreSQL's protocol, as far as it takes to mislead a client.</summary>
internal static class RoguePostgres
{
    public static byte[] Message(char type, byte[] body) => [.. Announced(type, body.Length + 4), .. body];

    /// <summary>The head of a message with any announced length.</summary>
    public static byte[] Announced(char type, int length)
    {
        var head = new byte[5];
        head[0] = (byte)type;
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(1), length);
        return head;
    }

    public static byte[] Authentication(int code, string body = "") => Message('R', [0, 0, 0, (byte)code, .. Encoding.UTF8.GetBytes(body)]);

    public static byte[] Setting(string name, string value) => Message('S', Encoding.UTF8.GetBytes($"{name}\0{value}\0"));

    public static byte[] Notice { get; } = Message('N', Encoding.UTF8.GetBytes("SNOTICE\0VNOTICE\0C00000\0Mnotice\0\0"));

    public static byte[] Row { get; } = Message('D', [0, 1, 0, 0, 0, 1, (byte)'x']);

    public static byte[] Columns { get; } = Message('T', [0, 1, (byte)'a', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 25, 255, 255, 255, 255, 255, 255, 0, 0]);

    public static byte[] Ready { get; } = Message('Z', [(byte)'I']);

    /// <summary>Reads the client's first message.</summary>
    public static async Task Startup(Stream stream, CancellationToken ct)
    {
        var head = new byte[4];
        await stream.ReadExactlyAsync(head, ct);
        await stream.ReadExactlyAsync(new byte[BinaryPrimitives.ReadInt32BigEndian(head) - 4], ct);
    }

    public static async Task<(char Type, byte[] Body)> Read(Stream stream, CancellationToken ct)
    {
        var head = new byte[5];
        await stream.ReadExactlyAsync(head, ct);
        var body = new byte[BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1)) - 4];
        await stream.ReadExactlyAsync(body, ct);
        return ((char)head[0], body);
    }

    /// <summary>Signs any client in, and answers statements until one contains the mark. Then the test answers.</summary>
    public static async Task SignedIn(Stream stream, string mark, Func<Stream, CancellationToken, Task> answer, CancellationToken ct)
    {
        await Startup(stream, ct);
        await stream.WriteAsync((byte[])[.. Authentication(0), .. Setting("server_version", "15.0"), .. Setting("client_encoding", "UTF8"), .. Ready], ct);
        var marked = false;
        while (true)
        {
            var (type, body) = await Read(stream, ct);
            marked |= type is 'P' or 'Q' && Encoding.UTF8.GetString(body).Contains(mark, StringComparison.Ordinal);
            if (marked && type is 'S' or 'Q') await answer(stream, ct);
            if (marked) continue;
            byte[] reply = type switch
            {
                'P' => Message('1', []),
                'B' => Message('2', []),
                'D' => Message('n', []),
                'E' => Message('C', Encoding.UTF8.GetBytes("BEGIN\0")),
                'S' or 'Q' => Ready,
                _ => []
            };
            await stream.WriteAsync(reply, ct);
        }
    }
}
