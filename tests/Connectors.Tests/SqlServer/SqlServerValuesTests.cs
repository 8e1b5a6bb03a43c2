using System.Text;
using TestServers.Tds;

namespace Connectors.Tests.SqlServer;

/// <summary>Each type ([MS-TDS] 2.2.5.4) in its JSON form.</summary>
public sealed class SqlServerValuesTests : IAsyncDisposable
{
    private static readonly byte[] Collation = [9, 4, 0xD0, 0, 0x34];

    private static readonly Dictionary<string, (byte[] Type, byte[] Value, string Json)> Values = new()
    {
        ["tinyint"] = ([0x26, 1], [1, 200], "200"),
        ["smallint"] = ([0x26, 2], [2, 0xFE, 0xFF], "-2"),
        ["int"] = ([0x26, 4], [4, 7, 0, 0, 0], "7"),
        ["bigint"] = ([0x26, 8], [8, .. BitConverter.GetBytes(1L << 53)], "9007199254740992"),
        ["bigint beyond"] = ([0x26, 8], [8, .. BitConverter.GetBytes((1L << 53) + 1)], "\"9007199254740993\""),
        ["bit"] = ([0x68, 1], [1, 1], "true"),
        ["real"] = ([0x6D, 4], [4, .. BitConverter.GetBytes(1.5f)], "1.5"),
        ["float"] = ([0x6D, 8], [8, .. BitConverter.GetBytes(0.1)], "0.1"),
        ["decimal"] = ([0x6A, 17, 10, 2], [5, 1, 0xFA, 0, 0, 0], "2.50"),
        ["numeric"] = ([0x6C, 17, 38, 0], [17, 0, .. Enumerable.Repeat((byte)1, 16)], "\"-1334440654591915542993625911497130241\""),
        ["money"] = ([0x6E, 8], [8, 0, 0, 0, 0, 0x98, 0x3A, 0, 0], "1.5000"),
        ["smallmoney"] = ([0x6E, 4], [4, 0x98, 0x3A, 0, 0], "1.5000"),
        ["date"] = ([0x28], [3, 0xE7, 0x4A, 0x0B], "\"2027-04-01\""),
        ["time"] = ([0x29, 7], [5, .. BitConverter.GetBytes(342005000000L).Take(5)], "\"09:30:00.5\""),
        ["datetime2"] = ([0x2A, 7], [8, .. BitConverter.GetBytes(342005000000L).Take(5), 0xE7, 0x4A, 0x0B], "\"2027-04-01T09:30:00.5\""),
        ["datetimeoffset"] = ([0x2B, 7], [10, .. BitConverter.GetBytes(342005000000L).Take(5), 0xE7, 0x4A, 0x0B, 60, 0],
            "\"2027-04-01T10:30:00.5+01:00\""),
        ["datetime"] = ([0x6F, 8], [8, 0, 0, 0, 0, 0x2C, 1, 0, 0], "\"1900-01-01T00:00:01\""),
        ["smalldatetime"] = ([0x6F, 4], [4, 1, 0, 2, 0], "\"1900-01-02T00:02:00\""),
        ["uniqueidentifier"] = ([0x24, 16], [16, .. new Guid("0f8fad5b-d9cb-469f-a165-70867728950e").ToByteArray()],
            "\"0f8fad5b-d9cb-469f-a165-70867728950e\""),
        ["char"] = ([0xAF, 3, 0, .. Collation], [3, 0, .. "a  "u8], "\"a  \""),
        ["varchar"] = ([0xA7, 9, 0, .. Collation], [2, 0, .. "ab"u8], "\"ab\""),
        ["varchar(max)"] = ([0xA7, 0xFF, 0xFF, .. Collation], TdsColumn.Parts([.. "ab"u8]), "\"ab\""),
        ["nvarchar"] = ([0xE7, 9, 0, .. Collation], [2, 0, 0xFC, 0], "\"ü\""),
        ["nvarchar(max)"] = ([0xE7, 0xFF, 0xFF, .. Collation], TdsColumn.Parts(Encoding.Unicode.GetBytes("€")), "\"€\""),
        ["nchar"] = ([0xEF, 4, 0, .. Collation], [4, 0, .. "a\0 \0"u8], "\"a \""),
        ["binary"] = ([0xAD, 2, 0], [2, 0, 1, 2], "\"AQI=\""),
        ["varbinary"] = ([0xA5, 9, 0], [2, 0, 1, 2], "\"AQI=\""),
        ["varbinary(max)"] = ([0xA5, 0xFF, 0xFF], TdsColumn.Parts([1, 2]), "\"AQI=\""),
        ["xml"] = ([0xF1, 0], TdsColumn.Parts(Encoding.Unicode.GetBytes("<a>ü</a>")), "\"<a>ü</a>\""),
        ["xml of several parts"] = (
            [0xF1, 0], TdsColumn.Parts(Encoding.Unicode.GetBytes("\uFEFFa<b>&lt;</b><c/>")), "\"a<b>&lt;</b><c />\""),
        ["null"] = ([0x26, 4], [0], "null"),
        ["null of nvarchar(max)"] = ([0xE7, 0xFF, 0xFF, .. Collation], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], "null")
    };

    private readonly TdsServer server = TdsDatabase.Server();

    public static TheoryData<string> Names => [.. Values.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_value_has_its_JSON_form(string name)
    {
        var (type, value, json) = Values[name];
        server.Answer = (_, _) =>
            TdsTokens.Result(TdsColumn.Number("first", 1), new TdsColumn("value", type, value), TdsColumn.Number("last", 2));
        await using var database = new TdsDatabase(server.Port, tls: "disable");
        server.Encryption = 2;
        var output = await database.Query("SELECT a, b, c FROM t");
        Assert.Equal($"[[1,{json},2]]", output.GetProperty("rows").GetRawText());
        var expected = name.Split(' ', '(')[0];
        if (expected != "null") Assert.Equal(expected switch { "decimal" or "numeric" => "decimal", _ => expected },
            output.GetProperty("columns")[1].GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("sql_variant", new byte[] { 0x62, 0x49, 0x1F, 0, 0 }, new byte[] { 6, 0, 0, 0, 0x38, 0, 7, 0, 0, 0 })]
    [InlineData("text", new byte[] { 0x23, 9, 0, 0, 0, 9, 4, 0xD0, 0, 0x34, 1, 1, 0, (byte)'t', 0 }, new byte[] { 0 })]
    [InlineData("ntext", new byte[] { 0x63, 9, 0, 0, 0, 9, 4, 0xD0, 0, 0x34, 1, 1, 0, (byte)'t', 0 }, new byte[] { 0 })]
    [InlineData("image", new byte[] { 0x22, 9, 0, 0, 0, 1, 1, 0, (byte)'t', 0 }, new byte[] { 0 })]
    public async Task A_type_that_the_library_reads_as_a_whole_must_be_converted(string name, byte[] type, byte[] value)
    {
        server.Answer = (_, _) => TdsTokens.Result(TdsColumn.Number("first", 1), new TdsColumn("value", type, value));
        foreach (var allowWrites in new[] { false, true })
        {
            await using var database = new TdsDatabase(server.Port, allowWrites);
            var failed = await database.Fails("SELECT a, b FROM t");
            Assert.Equal(Connections.Domain.FailureKind.InvalidInput, failed.Kind);
            Assert.Contains($"\"value\" has the type {name}", failed.Message, StringComparison.Ordinal);
            Assert.Contains("CAST", failed.Message, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(server.Statements, s => s.Contains("COMMIT", StringComparison.Ordinal));
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
