using System.Text;
using System.Text.Json;
using Connections.Connectors;
using Connections.Domain;
using Connectors.Tests.Postgres;
using static Connectors.Tests.Rogue.RoguePostgres;

namespace Connectors.Tests.Rogue;

[Collection(RogueServers.Name)]
public sealed class RoguePostgresTests(PostgresFixture fixture)
{
    private const int Large = 1_500_000_000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(500);
    private static readonly byte[] Zeros = new byte[16 * 1024];

    private static readonly Dictionary<string, Func<Stream, CancellationToken, Task>> Rogues = new()
    {
        ["an error of 1.5 GB"] = (s, ct) => First(s, Announced('E', Large), Zeros, ct),
        ["a notice of 1.5 GB"] = (s, ct) => First(s, Announced('N', Large), Zeros, ct),
        ["a request for authentication of 1.5 GB"] = (s, ct) => First(s, Announced('R', Large), Zeros, ct),
        ["an unknown message of 1.5 GB"] = (s, ct) => First(s, Announced('?', Large), Zeros, ct),
        ["a negative length"] = (s, ct) => First(s, Announced('E', -5), Zeros, ct),
        ["endless notices before the sign-in"] = (s, ct) => First(s, [], Notice, ct),
        ["endless settings"] = async (s, ct) =>
        {
            await Startup(s, ct);
            await s.WriteAsync(Authentication(0), ct);
            for (var i = 0; ; i++) await s.WriteAsync(Setting($"setting_{i}", new string('x', 1000)), ct);
        },
        ["endless requests for a password"] = (s, ct) => First(s, [], Authentication(3), ct),
        ["two billion rounds of SCRAM"] = async (s, ct) =>
        {
            await Startup(s, ct);
            await s.WriteAsync(Authentication(10, "SCRAM-SHA-256\0\0"), ct);
            var nonce = Encoding.UTF8.GetString((await Read(s, ct)).Body).Split("r=")[1];
            await s.WriteAsync(Authentication(11, $"r={nonce}x,s=QSXCR+Q6sek8bf92,i=2000000000"), ct);
            await RogueServer.Silence(s, ct);
        },
        ["silence at the sign-in"] = RogueServer.Silence,
        ["silence after the sign-in"] = (s, ct) => SignedIn(s, "current_user", RogueServer.Silence, ct),
        ["a description of columns of 1.5 GB"] = (s, ct) => Identifying(s, Announced('T', Large), Zeros, ct),
        ["32767 columns"] = (s, ct) => Identifying(s, [.. Announced('T', 32767 * 19 + 6), 127, 255], Zeros, ct),
        ["a row of 1.5 GB"] = (s, ct) => Identifying(s, [.. Columns, .. Announced('D', Large), 0, 1, 89, 0, 0, 0], Zeros, ct),
        ["endless rows"] = (s, ct) => Identifying(s, Columns, Row, ct),
        ["endless notices"] = (s, ct) => Identifying(s, [], Notice, ct),
        ["endless new settings"] = (s, ct) => SignedIn(s, "current_user", async (to, end) =>
        {
            for (var i = 0; ; i++) await to.WriteAsync(Setting($"setting_{i}", new string('x', 1000)), end);
        }, ct),
        ["an error of 1.5 GB after the sign-in"] = (s, ct) => Identifying(s, Announced('E', Large), Zeros, ct)
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
    [InlineData("endless rows")]
    [InlineData("a row of 1.5 GB")]
    [InlineData("endless notices")]
    [InlineData("an error of 1.5 GB")]
    [InlineData("silence")]
    public async Task A_query_ends_in_time_and_costs_little(string rogue)
    {
        byte[] head = [.. Message('1', []), .. Message('2', []), .. Columns];
        using var server = new RogueServer((s, ct) => SignedIn(s, "marked", (to, end) => rogue switch
        {
            "endless rows" => Send(to, head, Row, end),
            "a row of 1.5 GB" => Send(to, [.. head, .. Announced('D', Large), 0, 1, 89, 0, 0, 0], Zeros, end),
            "endless notices" => Send(to, head, Notice, end),
            "an error of 1.5 GB" => Send(to, [.. head, .. Announced('E', Large)], Zeros, end),
            _ => RogueServer.Silence(to, end)
        }, ct));
        await Run(server, allowWrites: false, Short);
        foreach (var allowWrites in new[] { false, true })
            await Measured.TenAtOnce(_ => Run(server, allowWrites, Limit), Limit);
    }

    private async Task<ProbeResult> Probe(RogueServer server, TimeSpan limit)
    {
        await using var database = new Database(fixture.Server, tls: "disable");
        database.Settings["port"] = server.Port;
        return await database.Runner.Probe("postgres", database.Use(), limit, false, default);
    }

    private async Task<ConnectorResult> Run(RogueServer server, bool allowWrites, TimeSpan limit)
    {
        await using var database = new Database(fixture.Server, allowWrites, tls: "disable");
        database.Settings["port"] = server.Port;
        var input = JsonSerializer.SerializeToElement(new { sql = "SELECT 'marked'" });
        return await database.Runner.Run("postgres", database.Use(), "run-query", input, limit, default);
    }

    private static async Task First(Stream stream, byte[] head, byte[] part, CancellationToken ct)
    {
        await Startup(stream, ct);
        await Send(stream, head, part, ct);
    }

    private static Task Identifying(Stream stream, byte[] head, byte[] part, CancellationToken ct) =>
        SignedIn(stream, "current_user", (to, end) => Send(to, [.. Message('1', []), .. Message('2', []), .. head], part, end), ct);

    private static async Task Send(Stream stream, byte[] head, byte[] part, CancellationToken ct)
    {
        await stream.WriteAsync(head, ct);
        await RogueServer.Flood(stream, part, ct);
    }
}
