using System.Text.Json;
using Connections.Connectors.MySql;
using MySqlConnector;

namespace Connectors.Tests.MySql;

/// <summary>
/// Sends generated statements to the server without the guard. Where the server writes a file or a row, the guard must reject the statement.
/// </summary>
public sealed class MyScannerAgainstServerTests(MariaDbFixture fixture)
{
    private const int Statements = 1_500;

    // The mode that each session of the connector sets. It decides how the server reads strings and names.
    private const string Mode = "SET sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'";

    private static readonly string[] Values =
    [
        "1", "0", "12", "1.", "1.5", ".5", "0.", "1e1", "1e", "1e+1", "1E-1", "1.e1", "1.5e3", ".5E2", "1.e", "0x41", "0X41", "0xZ", "0b1", "0b2", "x'41'", "X'41'",
        "b'1'", "N'a'", "_utf8'a'", "\\N", "'a'", "'a''b'", "'a\\'b'", "\"b\"", "\"b\\\"\"", "`c`", "a", "$", "_", "ä", "@@port", "@'v'", "@`v`", "1$", "1_", "1ä", "null", "id"
    ];

    private static readonly string[] Gaps =
    [
        "", "", "", " ", "\n", "\t", "\v", "\u0001", "\u007f", "\u00a0", "/**/", "/* ' */", "/*/ ' */", "-- '\n", "--\u007f'\n", "--\u0001'\n", "--\n", "--", "#'\n", "#\n",
        "+", "-", ",", ".", "(", ")", "'", "\"", "`", "\\", "$$", "$a$", ":a", "@", "?", ";", "/*", "*/", "--\t"
    ];

    [Fact]
    public async Task Each_statement_that_writes_a_file_is_rejected()
    {
        var seed = Environment.TickCount;
        TestContext.Current.SendDiagnosticMessage("seed {0}", seed);
        var random = new Random(seed);
        await fixture.Server.Sql("CREATE USER IF NOT EXISTS filer@'%' IDENTIFIED BY 'filer-pw'; GRANT ALL ON shop.* TO filer@'%'; GRANT FILE ON *.* TO filer@'%'");
        await using var connection = new MySqlConnection(
            $"Server=127.0.0.1;Port={fixture.Server.Port};UserID=filer;Password=filer-pw;Database=shop;SslMode=None;AllowUserVariables=true;Pooling=false");
        await connection.OpenAsync();
        await using (var mode = new MySqlCommand(Mode, connection)) await mode.ExecuteNonQueryAsync();
        var writing = 0;
        for (var i = 0; i < Statements; i++)
        {
            var path = fixture.Server.FileNamed($"written_{seed}_{i}");
            var sql = Generate(random, path);
            await Send(connection, sql);
            if (!File.Exists(path)) continue;
            writing++;
            File.Delete(path);
            Assert.True(Rejected(sql), $"seed {seed}, statement {i} writes a file: {sql}");
        }

        Assert.True(writing >= 50, $"seed {seed}: only {writing} statements wrote a file, so the test shows little");
    }

    private static string Generate(Random random, string path)
    {
        var value = Pick(random, Values);
        if (random.Next(4) == 0) value += Pick(random, Gaps) + Pick(random, Values);
        var from = random.Next(3) == 0 ? " FROM orders WHERE id" + Pick(random, ["=", ">", "<=", " IN ("]) + Pick(random, Values) : "";
        var into = Pick(random, ["INTO", "into", "InTo"]);
        var file = Pick(random, ["OUTFILE", "outfile", "DUMPFILE", "dumpfile"]);
        var tail = Pick(random, ["", "", " -- '", " # '", " LIMIT 1", "/*'*/", ";", "'", " -- \"", " # `"]);
        return $"SELECT {value}{from}{Pick(random, Gaps)}{into}{Gap()}{file}{Gap()}'{path}'{tail}";

        string Gap() => random.Next(2) == 0 ? " " : Pick(random, Gaps);
    }

    private static async Task Send(MySqlConnection connection, string sql)
    {
        try
        {
            await using var command = new MySqlCommand(sql, connection);
            await command.PrepareAsync();
            await command.ExecuteNonQueryAsync();
        }
        catch (Exception e) when (e is MySqlException or InvalidOperationException or ArgumentException)
        {
            // Most generated statements are not valid, or have a placeholder without a value.
        }
    }

    private static bool Rejected(string sql) =>
        MySqlStatement.Parse(JsonSerializer.SerializeToElement(new { sql }), allowWrites: false, out _) is null;

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];
}
