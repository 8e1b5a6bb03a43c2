using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Connections.Connectors.Postgres;
using TestServers;

namespace Connectors.Tests.Postgres;

/// <summary>
/// Sends generated texts to the server in its simple protocol, which accepts several statements. Where the second statement ran, the
/// scanner must reject the text.
/// </summary>
public sealed class SqlScannerAgainstServerTests(PostgresFixture fixture)
{
    private const int Statements = 1_500;

    private static readonly string[] Values =
    [
        "1", "1.5", "1e1", "1.e1", ".5", "'a'", "'a''b'", "'a\\'", "E'a'", "E'a\\''", "e'\\\\'", "U&'a'", "N'a'", "B'1'", "X'4'", "\"a\"", "\"a\"\"b\"", "U&\"a\"", "$$a$$", "$$'$$",
        "$x$ $$ ' $x$", "$x$;$x$", "$1$", "a$b$", "a$$", "$ä$'$ä$", "äE'\\'", "_e'\\'", "1e'\\'", "null", "'a'\n'b'", "E'a'\n'b\\''", "E'a' -- c\n'b\\''", "'a'\n'b\\'", "E'a'/**/'b'",
        "'a'::text", "@ 1", "1::int", "''", "E''", "E'\\\n'"
    ];

    private static readonly string[] Gaps =
    [
        "", "", " ", "\n", "\r", "\t", "\f", "\v", "\u00a0", "--\n", "-- '\n", "-- ;\r", "/**/", "/* ' */", "/* /* */ ' */", "/* /* ; */", "*/", "/*/", "'", "\"", "$$", "$x$", "E'", "\\", ";", ",", "+",
        "+-- '\n", "||'", "<--'\n", "@/*'*/", "-/**/"
    ];

    [Fact]
    public async Task Each_text_whose_second_statement_runs_is_rejected()
    {
        var seed = Environment.TickCount;
        TestContext.Current.SendDiagnosticMessage("seed {0}", seed);
        var random = new Random(seed);
        var table = $"scanned_{Guid.CreateVersion7():n}";
        await fixture.Server.Sql($"CREATE TABLE {table} (id int)", "shop");
        using var server = await SimpleClient.Open(fixture.Server, "shop");
        var running = 0;
        for (var i = 0; i < Statements; i++)
        {
            var sql = Generate(random, $"INSERT INTO {table} VALUES (7)");
            if (!await server.Ran(sql, "INSERT 0 1")) continue;
            running++;
            var statement = SqlStatement.Parse(JsonSerializer.SerializeToElement(new { sql }), out _);
            Assert.True(statement is null, $"seed {seed}, text {i} runs a second statement: {sql}");
        }

        Assert.True(running >= 50, $"seed {seed}: only {running} texts ran a second statement, so the test shows little");
    }

    private static string Generate(Random random, string second)
    {
        var first = "SELECT " + Pick(random, Values);
        for (var more = random.Next(3); more > 0; more--) first += Pick(random, Gaps) + (random.Next(2) == 0 ? "," + Pick(random, Values) : "");
        var tail = Pick(random, ["", "", ";", " -- '", "; SELECT '", " /* ' */", "; SELECT $$'$$", " -- $$", "; SELECT E'\\''", "\n-- \"", "; --'", " /* */ */"]);
        return first + Pick(random, Gaps) + ";" + Pick(random, Gaps) + second + tail;
    }

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];

    /// <summary>Sends a text unchanged, which no client library does.</summary>
    private sealed class SimpleClient(Socket socket, NetworkStream stream) : IDisposable
    {
        public static async Task<SimpleClient> Open(PostgresServer server, string database)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(server.Folder, $".s.PGSQL.{server.Port}")));
            var client = new SimpleClient(socket, new NetworkStream(socket));
            await client.Send(null, [0, 3, 0, 0, .. Encoding.UTF8.GetBytes($"user\0postgres\0database\0{database}\0\0")]);
            await client.Completed();
            return client;
        }

        /// <summary>Whether the command with this tag was completed and committed.</summary>
        public async Task<bool> Ran(string sql, string tag)
        {
            await Send((byte)'Q', [.. Encoding.UTF8.GetBytes(sql), 0]);
            return (await Completed()).Contains(tag);
        }

        public void Dispose()
        {
            stream.Dispose();
            socket.Dispose();
        }

        private async Task Send(byte? type, byte[] body)
        {
            var message = new byte[4 + body.Length];
            BinaryPrimitives.WriteInt32BigEndian(message, message.Length);
            body.CopyTo(message, 4);
            await stream.WriteAsync(type is { } t ? [t, .. message] : message);
        }

        /// <summary>The tags of the completed commands; none if an error rolled them back.</summary>
        private async Task<List<string>> Completed()
        {
            var tags = new List<string>();
            var failed = false;
            var head = new byte[5];
            while (true)
            {
                await stream.ReadExactlyAsync(head);
                var body = new byte[BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1)) - 4];
                await stream.ReadExactlyAsync(body);
                if (head[0] == 'C') tags.Add(Encoding.UTF8.GetString(body).TrimEnd('\0'));
                failed |= head[0] == 'E';
                if (head[0] == 'Z') return failed ? [] : tags;
            }
        }
    }
}
