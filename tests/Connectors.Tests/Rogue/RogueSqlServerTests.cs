using System.Text;
using System.Text.Json;
using Connections.Connectors;
using Connections.Domain;
using Connectors.Tests.SqlServer;
using TestServers.Tds;

namespace Connectors.Tests.Rogue;

[Collection(RogueServers.Name)]
public sealed class RogueSqlServerTests
{
    private const byte Response = 4;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Brief = TimeSpan.FromMilliseconds(200);
    private static readonly byte[] Zeros = new byte[16 * 1024];
    private static readonly byte[] Greeting = [0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xFF, 16, 0, 0, 0, 0, 0, 2];
    private static readonly byte[] Row = TdsTokens.Row(TdsColumn.Number("n", 1).Value);
    private static readonly byte[] Columns = TdsTokens.Columns(TdsColumn.Number("n", 1));

    private static readonly Dictionary<string, Func<Stream, CancellationToken, Task>> AtSignIn = new()
    {
        ["silence before the greeting"] = RogueServer.Silence,
        ["a greeting of zeros"] = (s, ct) => RogueServer.Flood(s, Zeros, ct),
        ["silence after the greeting"] = (s, ct) => Greet(s, RogueServer.Silence, ct),
        ["zeros after the greeting"] = (s, ct) => Greet(s, (to, end) => RogueServer.Flood(to, Zeros, end), ct),
        ["endless messages at the sign-in"] = (s, ct) =>
            Greet(s, (to, end) => Endless(to, TdsTokens.Information(new string('x', 1000)), end), ct),
        ["a token of 4 GB at the sign-in"] = (s, ct) => Greet(s, (to, end) => Endless(to, [0xE4, 0xFF, 0xFF, 0xFF, 0xFF], end), ct),
        ["a cut response to the sign-in"] = (s, ct) => Greet(s, async (to, end) =>
        {
            await to.WriteAsync(Packet(TdsTokens.SignedIn(0x74000004, "shop"), last: true).AsMemory(0, 40), end);
            to.Close();
        }, ct)
    };

    private static readonly Dictionary<string, Func<Stream, CancellationToken, Task>> AtQuery = new()
    {
        ["silence"] = RogueServer.Silence,
        ["endless rows"] = async (s, ct) =>
        {
            await s.WriteAsync(Packet(Columns), ct);
            await Endless(s, Row, ct);
        },
        ["endless messages"] = (s, ct) => Endless(s, TdsTokens.Information("a"), ct),
        ["endless errors"] = (s, ct) => Endless(s, TdsTokens.Error(208, "a")[..^13], ct),
        ["sixty thousand columns"] = (s, ct) => Endless(s, [0x81, 0x60, 0xEA], ct),
        ["a value of 2 GB"] = async (s, ct) =>
        {
            await s.WriteAsync(Packet([.. TdsTokens.Columns(TdsColumn.LongText("t", "")), 0xD1, 0xFE, 0xFF, 0xFF, 0x7F, 0, 0, 0, 0, 0xFE,
                0xFF, 0xFF, 0x7F]), ct);
            await Endless(s, Zeros, ct);
        },
        ["a value of 2^60 bytes of which none come"] = async (s, ct) =>
        {
            await s.WriteAsync(Packet([.. TdsTokens.Columns(TdsColumn.LongText("t", "")), 0xD1, 0, 0, 0, 0, 0, 0, 0, 16, 0xFE, 0xFF, 0xFF,
                0x7F]), ct);
            await RogueServer.Silence(s, ct);
        },
        ["an XML value of 2 GB"] = async (s, ct) =>
        {
            await s.WriteAsync(Packet([.. TdsTokens.Columns(TdsColumn.Xml("t", "")), 0xD1, 0xFE, 0xFF, 0xFF, 0x7F, 0, 0, 0, 0, 0xFE, 0xFF,
                0xFF, 0x7F]), ct);
            await Endless(s, Zeros, ct);
        },
        ["a connection that is cut within a row"] = async (s, ct) =>
        {
            await s.WriteAsync(Packet([.. Columns, 0xD1, 4, 1]), ct);
            s.Close();
        }
    };

    // The library reserves memory for what a value announces.
    private static readonly Dictionary<string, byte[]> Values = new()
    {
        ["varchar(max)"] = Announced([0xA7, 0xFF, 0xFF, 9, 4, 0xD0, 0, 0x34], Part),
        ["nvarchar(max)"] = Announced([0xE7, 0xFF, 0xFF, 9, 4, 0xD0, 0, 0x34], Part),
        ["varbinary(max)"] = Announced([0xA5, 0xFF, 0xFF], Part),
        ["json"] = Announced([0xF4], Part),
        ["text"] = Announced([0x23, 0xFF, 0xFF, 0xFF, 0x7F, 9, 4, 0xD0, 0, 0x34, 1, 1, 0, (byte)'t', 0],
            [16, .. new byte[24], 0, 0, 0, 0x20]),
        ["ntext"] = Announced([0x63, 0xFF, 0xFF, 0xFF, 0x7F, 9, 4, 0xD0, 0, 0x34, 1, 1, 0, (byte)'t', 0],
            [16, .. new byte[24], 0, 0, 0, 0x20]),
        ["image"] = Announced([0x22, 0xFF, 0xFF, 0xFF, 0x7F, 1, 1, 0, (byte)'t', 0], [16, .. new byte[24], 0, 0, 0, 0x20]),
        ["sql_variant"] = Announced([0x62, 0xFF, 0xFF, 0xFF, 0x7F], [0, 0, 0, 0x20, 0xE7, 7, 9, 4, 0xD0, 0, 0x34, 0xF0, 0xFF])
    };

    public static TheoryData<string, string> Announcements =>
    [
        .. Values.Keys.Select(type => ("marked", type)), ("SUSER_SNAME", "varchar(max)"), ("SUSER_SNAME", "text"), ("SUSER_SNAME", "json"),
        ("BEGIN TRANSACTION", "varchar(max)"), ("BEGIN TRANSACTION", "sql_variant"), ("@@TRANCOUNT", "json")
    ];

    public static TheoryData<string> SignIns => [.. AtSignIn.Keys];

    public static TheoryData<string> Queries => [.. AtQuery.Keys];

    [Theory]
    [MemberData(nameof(SignIns))]
    public async Task A_connection_test_ends_in_time_and_costs_little(string rogue)
    {
        using var server = new RogueServer(AtSignIn[rogue]);
        await Probe(server, Short); // loads what is loaded once
        var probes = await Measured.TenAtOnce(_ => Probe(server, Limit), Limit);
        Assert.All(probes, p => Assert.Contains(p.Failure!.Kind, new[] { FailureKind.Unavailable, FailureKind.Timeout }));
    }

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task A_query_ends_in_time_and_costs_little(string rogue)
    {
        using var server = new RogueServer((s, ct) => SignedIn(s, AtQuery[rogue], ct));
        await Run(server, allowWrites: false, Short);
        foreach (var allowWrites in rogue is "endless rows" or "endless messages" ? new[] { false, true } : [false])
            await Measured.TenAtOnce(_ => Run(server, allowWrites, Limit), Limit);
    }

    [Theory]
    [MemberData(nameof(Announcements))]
    public async Task A_value_that_announces_512_MB_reserves_little(string statement, string type)
    {
        using var server = new RogueServer((s, ct) => SignedIn(s, async (to, end) =>
        {
            await to.WriteAsync(Packet(Values[type]), end);
            await RogueServer.Silence(to, end);
        }, ct, statement));
        var before = GC.GetTotalAllocatedBytes();
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Call()));
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 64 * 1024 * 1024);

        Task Call() => statement == "SUSER_SNAME" ? Probe(server, Brief) : Run(server, statement == "@@TRANCOUNT", Brief);
    }

    private static async Task<ProbeResult> Probe(RogueServer server, TimeSpan limit)
    {
        await using var database = new TdsDatabase(server.Port, tls: "disable");
        return await database.Runner.Probe("sqlserver", database.Use(), limit, false, default);
    }

    internal static async Task<ConnectorResult> Run(RogueServer server, bool allowWrites, TimeSpan limit)
    {
        await using var database = new TdsDatabase(server.Port, allowWrites, tls: "disable");
        var input = JsonSerializer.SerializeToElement(new { sql = "SELECT 'marked'" });
        return await database.Runner.Run("sqlserver", database.Use(), "run-query", input, limit, default);
    }

    private static async Task Greet(Stream stream, Func<Stream, CancellationToken, Task> answer, CancellationToken ct)
    {
        await TdsMessage.Read(stream, ct);
        await TdsMessage.Write(stream, Response, Greeting, ct);
        await TdsMessage.Read(stream, ct);
        await answer(stream, ct);
    }

    internal static Task SignedIn(
        Stream stream, Func<Stream, CancellationToken, Task> answer, CancellationToken ct, string statement = "marked") =>
        Greet(stream, async (to, end) =>
        {
            await TdsMessage.Write(to, Response, TdsTokens.SignedIn(0x74000004, "shop"), end);
            while (true)
            {
                var message = await TdsMessage.Read(to, end);
                if (Encoding.Unicode.GetString(message.Data).Contains(statement, StringComparison.Ordinal)) await answer(to, end);
                await TdsMessage.Write(to, Response, TdsTokens.Done(), end);
            }
        }, ct);

    // Packets of whole tokens, without an end of the message.
    private static Task Endless(Stream to, byte[] token, CancellationToken ct) =>
        RogueServer.Flood(to, Packet([.. Enumerable.Repeat(token, Math.Max(1, 4000 / token.Length)).SelectMany(t => t)]), ct);

    private static byte[] Part => [0, 0, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0x20];

    // A row of four such columns, as the identification has, of which the first value is not complete.
    private static byte[] Announced(byte[] type, byte[] value) =>
        [.. TdsTokens.Columns([.. Enumerable.Repeat(new TdsColumn("t", type, []), 4)]), 0xD1, .. value, .. new byte[1000]];

    internal static byte[] Packet(byte[] data, bool last = false)
    {
        var length = 8 + data.Length;
        return [Response, (byte)(last ? 1 : 0), (byte)(length >> 8), (byte)length, 0, 0, 1, 0, .. data];
    }
}
