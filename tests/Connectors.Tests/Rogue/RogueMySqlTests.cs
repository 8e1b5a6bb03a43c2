using System.Text;
using System.Text.Json;
using Connections.Connectors;
using Connections.Domain;
using Connectors.Tests.MySql;

namespace Connectors.Tests.Rogue;

[Collection(RogueServers.Name)]
public sealed class RogueMySqlTests(MariaDbFixture fixture)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(500);
    private static readonly byte[] Zeros = new byte[16 * 1024];
    private static readonly byte[] Column = Encoding.ASCII.GetBytes("\u0003def\0\0\0\u0001a\u0001a\f\u003f\0\u0001\0\0\0\u00fd\0\0\0\0\0");

    private static readonly Dictionary<string, Func<Stream, CancellationToken, Task>> Rogues = new()
    {
        ["packets of 16 MB at the sign-in"] = (s, ct) => AfterLogin(s, (to, end) => Send(to, [255, 255, 255, 2], Zeros, end), ct),
        ["an error of 16 MB at the sign-in"] = (s, ct) => AfterLogin(s, (to, end) => Send(to, [255, 255, 255, 2, 255], Zeros, end), ct),
        ["endless changes of the way to sign in"] = (s, ct) => AfterLogin(s, Switches, ct),
        ["silence before the greeting"] = RogueServer.Silence,
        ["silence after the login"] = (s, ct) => AfterLogin(s, RogueServer.Silence, ct),
        ["silence to a query and to its cancellation"] = (s, ct) => SignedIn(s, "CURRENT_USER", RogueServer.Silence, ct),
        ["sixteen million columns"] = (s, ct) => Identifying(s, Packet(1, [0xFD, 255, 255, 255]), Zeros, ct),
        ["2^60 columns"] = (s, ct) => Identifying(s, Packet(1, [0xFE, 0, 0, 0, 0, 0, 0, 0, 16]), Zeros, ct),
        ["endless columns"] = (s, ct) => SignedIn(s, "CURRENT_USER", async (to, end) =>
        {
            await to.WriteAsync(Packet(1, [0xFC, 0, 16]), end);
            for (var i = 2; ; i++) await to.WriteAsync(Packet(i, Column), end);
        }, ct),
        ["endless long columns"] = (s, ct) => SignedIn(s, "CURRENT_USER", async (to, end) =>
        {
            await to.WriteAsync(Packet(1, [0xFC, 0, 16]), end);
            for (var i = 2; ; i++) await to.WriteAsync(Packet(i, new byte[900_000]), end);
        }, ct),
        ["packets of 16 MB"] = (s, ct) => Identifying(s, [255, 255, 255, 1], Zeros, ct),
        ["endless rows"] = (s, ct) => SignedIn(s, "CURRENT_USER", Rows, ct)
    };

    public static TheoryData<string> Names => [.. Rogues.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_connection_test_ends_in_time_and_costs_little(string rogue)
    {
        using var server = new RogueServer(Rogues[rogue]);
        await Probe(server, Short); // loads what is loaded once
        var probes = await Measured.TenAtOnce(_ => Probe(server, Limit), Limit);
        Assert.All(probes, p => Assert.Contains(p.Failure!.Kind, new[] { FailureKind.Unavailable, FailureKind.Timeout }));
    }

    [Theory]
    [InlineData("silence")]
    [InlineData("endless rows")]
    [InlineData("packets of 16 MB")]
    public async Task A_query_ends_in_time_and_costs_little(string rogue)
    {
        using var server = new RogueServer((s, ct) => SignedIn(s, "marked", (to, end) => rogue switch
        {
            "endless rows" => Rows(to, end),
            "packets of 16 MB" => Send(to, [255, 255, 255, 1], Zeros, end),
            _ => RogueServer.Silence(to, end)
        }, ct));
        await Run(server, allowWrites: false, Short);
        foreach (var allowWrites in new[] { false, true })
            await Measured.TenAtOnce(_ => Run(server, allowWrites, Limit), Limit);
    }

    private async Task<ProbeResult> Probe(RogueServer server, TimeSpan limit)
    {
        await using var database = new MyDatabase(fixture.Server, tls: "disable");
        database.Settings["port"] = server.Port;
        return await database.Runner.Probe("mysql", database.Use(), limit, false, default);
    }

    private async Task<ConnectorResult> Run(RogueServer server, bool allowWrites, TimeSpan limit)
    {
        await using var database = new MyDatabase(fixture.Server, allowWrites, tls: "disable");
        database.Settings["port"] = server.Port;
        var input = JsonSerializer.SerializeToElement(new { sql = "SELECT 'marked'" });
        return await database.Runner.Run("mysql", database.Use(), "run-query", input, limit, default);
    }

    private static byte[] Packet(int sequence, byte[] body) => [(byte)body.Length, (byte)(body.Length >> 8), (byte)(body.Length >> 16), (byte)sequence, .. body];

    private static byte[] Ok(int sequence) => Packet(sequence, [0, 0, 0, 2, 0, 0, 0]);

    private static byte[] Greeting { get; } = Packet(0,
    [
        10, .. "8.0.36\0"u8, 1, 0, 0, 0, .. "abcdefgh\0"u8, 0x0F, 0xA2, 45, 2, 0, 0x0B, 0, 21, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. "ijklmnopqrst\0"u8,
        .. "mysql_native_password\0"u8
    ]);

    private static async Task<byte[]> Read(Stream stream, CancellationToken ct)
    {
        var head = new byte[4];
        await stream.ReadExactlyAsync(head, ct);
        var body = new byte[head[0] | head[1] << 8 | head[2] << 16];
        await stream.ReadExactlyAsync(body, ct);
        return body;
    }

    private static async Task AfterLogin(Stream stream, Func<Stream, CancellationToken, Task> answer, CancellationToken ct)
    {
        await stream.WriteAsync(Greeting, ct);
        await Read(stream, ct);
        await answer(stream, ct);
    }

    private static Task SignedIn(Stream stream, string mark, Func<Stream, CancellationToken, Task> answer, CancellationToken ct) =>
        AfterLogin(stream, async (to, end) =>
        {
            await to.WriteAsync(Ok(2), end);
            while (true)
            {
                var command = await Read(to, end);
                if (Encoding.UTF8.GetString(command).Contains(mark, StringComparison.Ordinal)) await answer(to, end);
                await to.WriteAsync(Ok(1), end);
            }
        }, ct);

    private static Task Identifying(Stream stream, byte[] head, byte[] part, CancellationToken ct) =>
        SignedIn(stream, "CURRENT_USER", (to, end) => Send(to, head, part, end), ct);

    private static async Task Rows(Stream to, CancellationToken ct)
    {
        await to.WriteAsync((byte[])[.. Packet(1, [1]), .. Packet(2, Column), .. Packet(3, [0xFE, 0, 0, 2, 0])], ct);
        for (var i = 4; ; i++) await to.WriteAsync(Packet(i, [1, (byte)'x']), ct);
    }

    private static async Task Switches(Stream to, CancellationToken ct)
    {
        for (var i = 2; ; i += 2)
        {
            await to.WriteAsync(Packet(i, [0xFE, .. "mysql_native_password\0abcdefghijklmnopqrst\0"u8]), ct);
            await Read(to, ct);
        }
    }

    private static async Task Send(Stream stream, byte[] head, byte[] part, CancellationToken ct)
    {
        await stream.WriteAsync(head, ct);
        await RogueServer.Flood(stream, part, ct);
    }
}
