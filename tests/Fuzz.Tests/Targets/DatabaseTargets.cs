using System.Net;
using System.Text;
using Connections.Connectors.Databases;
using Connections.Connectors.Guard;
using Connections.Connectors.MySql;
using Connections.Connectors.Postgres;
using Connections.Connectors.SqlServer;
using Fuzz.Tests.Harness;

namespace Fuzz.Tests.Targets;

/// <summary>The messages of database servers.</summary>
internal static class DatabaseTargets
{
    private static readonly IPEndPoint Nowhere = new(IPAddress.Loopback, 1);

    private static readonly byte[] Greeting =
    [
        74, 0, 0, 0, 10, .. "8.0.36\0"u8, 1, 0, 0, 0, .. "12345678"u8, 0, 0xFF, 0xFF, 33, 2, 0, 0xFF, 0xDF, 21, .. new byte[10],
        .. "123456789012\0"u8, .. "caching_sha2_password\0"u8
    ];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("postgres-messages",
            [[(byte)'R', 0, 0, 0, 8, 0, 0, 0, 0, (byte)'S', 0, 0, 0, 8, .. "a\0b\0"u8, (byte)'Z', 0, 0, 0, 5, (byte)'I'],
                [(byte)'R', 0, 0, 0, 37, 0, 0, 0, 11, .. "r=abcdefgh,s=c2FsdA==,i=4096"u8, (byte)'R', 0, 0, 0, 8, 0, 0, 0, 0],
                [(byte)'E', 0, 0, 0, 21, .. "SFATAL\0C28P01\0\0\0"u8]],
            ["i=2000000000", "R\0\0\0\u0008\0\0\0\u000B", "Z\0\0\0\u0005I", "\u007F\u00FF\u00FF\u00FF", "D\0\0"],
            input => Split(input, () => new PostgresGuard(new PostgresWire(
                new DatabaseSettings("db.test", 1, "shop", "prefer", null, false, null), Nowhere, Certificate(), TimeProvider.System)))),
        new("mysql-packets", [Greeting, [7, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0], [3, 0, 0, 1, 0xFC, 0xFF, 0x0F]],
            ["\u0009\0\0\u0001\u00FE", "\u00FF\u00FF\u00FF"],
            async input =>
            {
                await Split(input, () => new MySqlGuard(new MySqlWire(Nowhere, [], Certificate(), () => { })));
                await Split(input, () => new MySqlGuard(new MySqlWire(Nowhere, [], Certificate(), () => { }) { SignedIn = true }));
            }),
        new("mysql-greeting",
            [Greeting[4..], [0xFF, 0x15, 0x04, .. "#28000Go away "u8], [0xFF, 0x10, 0x04, .. "Too many"u8]],
            ["#", "\u00FF\u0015\u0004"], Greet),
        new("sqlserver-packets",
            [[4, 1, 0, 32, 0, 0, 1, 0, 0xE3, 8, 0, 1, 2, (byte)'a', 0, (byte)'b', 0, 0, 0xFD, 0, 0, 0xC1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
                [4, 1, 0, 15, 0, 0, 1, 0, 0xE3, 4, 0, 20, 1, 0, 0], [4, 1, 0, 12, 0, 0, 1, 0, 0x81, 1, 0, 0]],
            ["\u0004\0\u0010\0", "\u00AE\u0001", "\u00E4\u00FF\u00FF\u00FF\u00FF", "\u0081\u00FE\u00FF"],
            async input =>
            {
                _ = TdsSignIn.Check(input.AsSpan(Math.Min(8, input.Length)), out _);
                await Split(input, () => new TdsGuard(Wire()));
            })
    ];

    private static SqlServerWire Wire() =>
        new(new DatabaseSettings("db.test", 1, "shop", "require", null, false, null), Certificate(), TimeProvider.System);

    // Networks cut messages anywhere: what is accepted does not depend on it.
    private static Task Split(byte[] input, Func<FramedGuard> create)
    {
        var (whole, parts) = (create(), create());
        var (accepted, passed) = (whole.Accept(input), 0);
        for (var (at, size) = (0, 1); at < input.Length && parts.Problem is null; at += size, size = 1 + (size * 7 % 13))
        {
            var part = input.AsSpan(at, Math.Min(size, input.Length - at));
            var taken = parts.Accept(part);
            if (taken < 0 || taken > part.Length) throw new InvalidOperationException($"{taken} bytes of {part.Length} were accepted.");
            passed += taken;
        }

        if (whole.Problem != parts.Problem) throw new InvalidOperationException($"\"{whole.Problem}\" at once, \"{parts.Problem}\" in parts.");
        if (accepted > input.Length || (whole.Problem is null && passed != input.Length))
            throw new InvalidOperationException($"{accepted} and {passed} bytes were accepted.");
        return Task.CompletedTask;
    }

    private static async Task Greet(byte[] body)
    {
        using var stream = new MemoryStream([(byte)body.Length, (byte)(body.Length >> 8), (byte)(body.Length >> 16), 0, .. body]);
        try
        {
            var packet = await MySqlGreeting.ReadPacket(stream, CancellationToken.None);
            if (packet.Length > 0) _ = Encoding.UTF8.GetByteCount(MySqlGreeting.Parse(packet).Failure?.Message ?? "");
        }
        catch (EndOfStreamException)
        {
            // The server closed the connection.
        }
    }

    private static ServerCertificate Certificate() => new("db.test", chain: false, name: false, null);
}
