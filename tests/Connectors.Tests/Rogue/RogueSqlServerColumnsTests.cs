using TestServers.Tds;

namespace Connectors.Tests.Rogue;

/// <summary>The library reserves memory for as many columns as a server announces, wherever in a response.</summary>
[Collection(RogueServers.Name)]
public sealed class RogueSqlServerColumnsTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(500);
    private static readonly byte[] Many = [0x81, 0x60, 0xEA];
    private static readonly byte[] Small = TdsTokens.Result(TdsColumn.Number("n", 1));

    private static readonly Dictionary<string, byte[]> Before = new()
    {
        ["a result"] = Small,
        ["a result that has not ended"] = Small[..^13],
        ["columns without rows"] = TdsTokens.Columns(TdsColumn.Number("n", 1)),
        ["names of tables"] = TdsTokens.Sized(0xA4, [1, 0, 0]),
        ["a row without columns"] = [0xD1],
        ["a row that skips columns without columns"] = [0xD2],
        ["an output value"] = [0xAC, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x26, 4, 4, 1, 0, 0, 0],
        ["columns of totals"] = [.. TdsTokens.Columns(TdsColumn.Number("n", 1)), 0x88, 0x60, 0xEA, 1, 0, 0],
        ["an integer of 9 bytes"] =
            [.. TdsTokens.Columns(TdsColumn.Number("n", 1)), 0xD1, 9, .. new byte[8]],
        ["a message with a wrong length"] = Longer(TdsTokens.Information("a"))
    };

    private static byte[] Longer(byte[] token) => [token[0], 0xE8, 0x03, .. token[3..]];

    public static TheoryData<string, string, bool> Responses
    {
        get
        {
            var data = new TheoryData<string, string, bool>();
            foreach (var before in Before.Keys)
            {
                data.Add(before, "marked", false);
                data.Add(before, "marked", true);
                data.Add(before, "BEGIN TRANSACTION", false);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Responses))]
    public async Task Sixty_thousand_columns_cost_little(string after, string statement, bool allowWrites)
    {
        using var server = new RogueServer((s, ct) => RogueSqlServerTests.SignedIn(s, async (to, end) =>
        {
            await to.WriteAsync(RogueSqlServerTests.Packet([.. Before[after], .. Many, .. new byte[100]]), end);
            await RogueServer.Silence(to, end);
        }, ct, statement));
        await RogueSqlServerTests.Run(server, allowWrites, Short);
        var before = GC.GetTotalAllocatedBytes();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => RogueSqlServerTests.Run(server, allowWrites, Limit)));
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 64 * 1024 * 1024);
    }
}
