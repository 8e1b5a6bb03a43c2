using TestServers.Tds;
using Followed = Connections.Connectors.SqlServer.TdsTokens;

namespace Connectors.Tests.SqlServer;

public sealed class TdsTokensTests
{
    private static readonly byte[] TooManyColumns = [0x81, 0x60, 0xEA];
    private static readonly byte[] Collation = [9, 4, 0xD0, 0, 0x34];

    private static readonly (byte[] Type, byte[] Value)[] Nullable =
    [
        ([0x26, 1], [1, 7]), ([0x26, 8], [8, 1, 2, 3, 4, 5, 6, 7, 8]), ([0x26, 4], [0]), ([0x68, 1], [1, 1]),
        ([0x6D, 4], [4, 1, 2, 3, 4]), ([0x6E, 8], [8, 1, 2, 3, 4, 5, 6, 7, 8]), ([0x6F, 4], [4, 1, 2, 3, 4]),
        ([0x24, 16], [16, .. new byte[16]]), ([0x24, 16], [0]), ([0x6A, 17, 38, 0], [5, 1, 2, 0, 0, 0]), ([0x6C, 5, 5, 2], [0]),
        ([0x28], [3, 1, 2, 3]), ([0x28], [0]), ([0x29, 7], [5, 1, 2, 3, 4, 5]), ([0x2A, 0], [6, 1, 2, 3, 4, 5, 6]),
        ([0x2B, 7], [10, .. new byte[10]]),
        ([0xA5, 9, 0], [2, 0, 0x81, 0x60]), ([0xAD, 2, 0], [0xFF, 0xFF]), ([0xA7, 9, 0, .. Collation], [1, 0, 65]),
        ([0xAF, 1, 0, .. Collation], [1, 0, 65]), ([0xE7, 9, 0, .. Collation], [0, 0]), ([0xEF, 2, 0, .. Collation], [2, 0, 65, 0]),
        ([0xA5, 0xFF, 0xFF], TdsColumn.Parts([1, 2, 3])), ([0xA7, 0xFF, 0xFF, .. Collation], TdsColumn.Parts([])[..12]),
        ([0xE7, 0xFF, 0xFF, .. Collation], [.. Enumerable.Repeat((byte)0xFF, 8)]),
        ([0xE7, 0xFF, 0xFF, .. Collation], [0xFE, .. Enumerable.Repeat((byte)0xFF, 7), 1, 0, 0, 0, 65, 1, 0, 0, 0, 0, 0, 0, 0, 0]),
        ([0xF1, 0], TdsColumn.Parts([1, 2])), ([0xF1, 1, 1, 65, 0, 1, 66, 0, 1, 0, 67, 0], TdsColumn.Parts([1])),
        ([0xF0, 0x7C, 3, 1, 65, 0, 1, 66, 0, 1, 67, 0, 1, 0, 68, 0], TdsColumn.Parts([0x58])),
        ([0x62, 0x49, 0x1F, 0, 0], [0, 0, 0, 0]), ([0x62, 0x49, 0x1F, 0, 0], [6, 0, 0, 0, 0x38, 0, 1, 0, 0, 0]),
        ([0x22, 0xFF, 0xFF, 0xFF, 0x7F, 2, 1, 0, 65, 0, 1, 0, 66, 0], [16, .. new byte[24], 2, 0, 0, 0, 1, 2]),
        ([0x23, 0xFF, 0xFF, 0xFF, 0x7F, .. Collation, 0], [0]),
        ([0x63, 0xFF, 0xFF, 0xFF, 0x7F, .. Collation, 1, 1, 0, 65, 0], [16, .. new byte[24], 2, 0, 0, 0, 65, 0])
    ];

    private static readonly (byte[] Type, byte[] Value)[] Fixed =
    [
        ([0x30], [1]), ([0x32], [1]), ([0x34], new byte[2]), ([0x38], new byte[4]), ([0x3A], new byte[4]), ([0x3B], new byte[4]),
        ([0x3C], new byte[8]), ([0x3D], new byte[8]), ([0x3E], new byte[8]), ([0x7A], new byte[4]), ([0x7F], new byte[8])
    ];

    private static readonly byte[][] Others =
    [
        [0xD1], [0xD2], [0xA4], [0xA5], [0xAC], [0x88], [0xD3], [0xAE], [0xE4], [0x81, 0xFF, 0xFF, 0xD1],
        Columns([0x26, 4], [0xD1, 9]), Columns([0x26, 3]), Columns([0x1F]), Columns([0xF4]), Columns([0xF5]),
        Columns([0x24, 16], [0xD1, 4]), Columns([0x6A, 17, 38, 0], [0xD1, 6]), Columns([0x62, 0, 0, 0, 0], [0xD1, 0, 0, 0, 0x80]),
        Columns([0xE7, 0xFF, 0xFF, .. Collation], [0xD1, .. new byte[8], 1, 0, 0, 0]), Columns([0xAF, 0xFF, 0xFF, .. Collation]),
        Columns([0xF1, 1, 0, 0, 1, 0]), [0xE3, 3, 0, 1, 1], [0xE3, 9, 0, 20], [0xE3, 9, 0, 7, 3], [0xE3, 9, 0, 1, 0, 0],
        [0xAB, 100, 0, .. new byte[6], 0, 0, 0, 0, .. new byte[4]], [0xAA, 8, 0, .. new byte[6], 9, 0]
    ];

    public static TheoryData<string> Responses => ["all types", "types without null", "rows without the null values", "no columns"];

    public static TheoryData<string> Wrong => [.. Others.Select(Convert.ToHexString)];

    [Theory]
    [MemberData(nameof(Responses))]
    public void Tokens_are_followed_to_the_end_of_a_result_whatever_the_parts(string response)
    {
        byte[] bytes = [.. TdsTokens.Information("a"), .. Response(response), .. TdsTokens.Done(),
            .. TdsTokens.EnvironmentChange(1, [1, 65, 0, 0]), .. TdsTokens.EnvironmentChange(8, [8, .. new byte[8], 0]),
            .. TdsTokens.EnvironmentChange(10, [0, 8, .. new byte[8]]), .. TdsTokens.EnvironmentChange(7, [5, .. Collation, 0]),
            0x79, 0, 0, 0, 0, 0xA9, 2, 0, 1, 0, .. TdsTokens.Error(208, "a")];
        var (whole, parts) = (new Followed(), new Followed());
        Assert.Null(whole.Accept(bytes));
        foreach (var part in bytes) Assert.Null(parts.Accept([part]));
        Assert.Null(parts.Accept(bytes));
        Assert.Equal("a result of 60000 columns", whole.Accept(TooManyColumns));
        Assert.Equal("a result of 60000 columns", parts.Accept(TooManyColumns));
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_the_library_would_read_in_another_way_is_rejected_at_its_last_byte(string hex)
    {
        var response = Convert.FromHexString(hex);
        var tokens = new Followed();
        Assert.Null(tokens.Accept(response.AsSpan(0, response.Length - 1)));
        Assert.NotNull(tokens.Accept(response.AsSpan(response.Length - 1)));
    }

    private static byte[] Response(string response) => response switch
    {
        "all types" => Result(9, Nullable),
        "types without null" => Result(8, Fixed),
        "rows without the null values" =>
            [.. TdsTokens.Columns([.. Enumerable.Repeat(TdsColumn.Number("n", 1), 9)]), 0xD2, 0xFE, 0, .. TdsColumn.Number("n", 1).Value,
                .. TdsColumn.Number("n", 1).Value, 0xD2, 0xFF, 1],
        _ => [0x81, 0, 0, 0x81, 0xFF, 0xFF]
    };

    private static byte[] Result(byte flags, (byte[] Type, byte[] Value)[] columns) =>
        [0x81, (byte)columns.Length, 0, .. columns.SelectMany(c => (byte[])[0, 0, 0, 0, flags, 0, .. c.Type, 1, 65, 0]),
            0xD1, .. columns.SelectMany(c => c.Value), 0xD1, .. columns.SelectMany(c => c.Value)];

    private static byte[] Columns(byte[] type, byte[]? row = null) =>
        row is null ? [0x81, 1, 0, 0, 0, 0, 0, 9, 0, .. type] : [0x81, 1, 0, 0, 0, 0, 0, 9, 0, .. type, 0, .. row];
}
