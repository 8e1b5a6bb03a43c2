using System.Text;
using Connections.Domain;
using Connectors.Tests.Rogue;
using TestServers.Tds;

namespace Connectors.Tests.SqlServer;

/// <summary>The library follows a server to another one, with the password. So the response to a sign-in is checked first.</summary>
public sealed class SqlServerRedirectTests : IAsyncDisposable
{
    private const byte Response = 4;
    private static readonly byte[] Greeting = [0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xFF, 16, 0, 0, 0, 0, 0, 2];

    private static readonly Dictionary<string, Func<ushort, byte[]>> Redirects = new()
    {
        ["routing"] = port => Routing(port),
        ["routing after a message"] = port => [.. TdsTokens.Information("first"), .. Routing(port)],
        ["enhanced routing"] = port => [.. TdsTokens.Feature(0x0F, 1), .. TdsTokens.EnvironmentChange(21, Target(port))],
        ["enhanced routing to a database"] = port => TdsTokens.EnvironmentChange(
            21, [.. TdsTokens.Number16((ushort)(Target(port).Length + 10)), .. Target(port)[2..^2], 4, 0,
                .. Encoding.Unicode.GetBytes("shop"), 0, 0]),
        ["a mirroring partner"] = _ => TdsTokens.EnvironmentChange(13, [.. TdsTokens.Text8("127.0.0.1"), 0]),
        ["routing as the second change of a token"] = port => TdsTokens.EnvironmentChange(2, [0, 0, 20, .. Target(port)]),
        ["routing as the third change of a token"] = port => TdsTokens.EnvironmentChange(2, [0, 0, 2, 0, 0, 20, .. Target(port)]),
        ["routing hidden in an acknowledgement"] = port =>
            [.. TdsTokens.Sized(0xAD, [1, 0x74, 0, 0, 4, .. TdsTokens.Text8("SQL"), 16, 0, 0, 0], Routing(port).Length), .. Routing(port)],
        ["routing hidden in a message"] = port => Hidden(TdsTokens.Information("a"), Routing(port)),
        ["routing hidden in an error"] = port => Hidden(TdsTokens.Error(1, "a", 1)[..^13], Routing(port)),
        ["routing hidden in the line of an error"] = port =>
        {
            var message = TdsTokens.Information("a");
            message[^2] = 0xE3; // a library that expects lines of two bytes
            return [.. message, .. Routing(port)];
        },
        ["a packet size of 2 GB"] = _ => TdsTokens.EnvironmentChange(4, [.. TdsTokens.Text8("2000000000"), .. TdsTokens.Text8("4096")]),
        ["a change that is not known"] = _ => TdsTokens.EnvironmentChange(99, [0, 0]),
        ["a change without values"] = _ => TdsTokens.EnvironmentChange(1, []),
        ["the state of a session"] = _ => [0xE4, 0, 0, 0, 0]
    };

    private readonly TdsServer server = TdsDatabase.Server();
    private readonly TdsServer other = TdsDatabase.Server();

    public SqlServerRedirectTests() => other.Encryption = 2;

    public static TheoryData<string> Names => [.. Redirects.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_request_to_sign_in_at_another_server_is_not_followed(string redirect)
    {
        server.BeforeLogin = _ => Redirects[redirect]((ushort)other.Port);
        await using var database = new TdsDatabase(server.Port);
        var probe = await database.Probe();
        Assert.Equal(("signIn", FailureKind.Unavailable), (probe.Steps[^1].Name, probe.Failure!.Kind));
        Assert.Contains("it sent", probe.Failure.Message, StringComparison.Ordinal);
        Assert.Empty(other.Logins);
    }

    [Fact]
    public async Task A_response_to_a_sign_in_is_forwarded_as_a_whole_only()
    {
        using var rogue = new RogueServer(async (stream, ct) =>
        {
            await TdsMessage.Read(stream, ct);
            await TdsMessage.Write(stream, Response, Greeting, ct);
            await TdsMessage.Read(stream, ct);
            byte[] data = [.. Routing((ushort)other.Port), .. TdsTokens.SignedIn(0x74000004, "shop")];
            await stream.WriteAsync(new byte[] { Response, 0, 0, (byte)(8 + data.Length), 0, 0, 1, 0 }, ct);
            await stream.WriteAsync(data, ct); // the message does not end
            await RogueServer.Silence(stream, ct);
        });
        await using var database = new TdsDatabase(rogue.Port, tls: "disable");
        var probe = await database.Runner.Probe("sqlserver", database.Use(), TimeSpan.FromSeconds(2), false, default);
        Assert.NotNull(probe.Failure);
        Assert.Empty(other.Logins);
    }

    [Fact]
    public async Task What_a_server_says_of_itself_is_accepted()
    {
        server.BeforeLogin = _ =>
        [
            .. TdsTokens.Information("Changed database context to 'shop'."),
            .. TdsTokens.EnvironmentChange(2, [.. TdsTokens.Text8("us_english"), 0]),
            .. TdsTokens.EnvironmentChange(4, [.. TdsTokens.Text8("4096"), .. TdsTokens.Text8("4096")]),
            .. TdsTokens.Feature(0x0A, 1),
            .. TdsTokens.Feature(0x0B, 1)
        ];
        await using var database = new TdsDatabase(server.Port);
        Assert.Null((await database.Probe()).Failure?.Message);
    }

    [Theory]
    [InlineData("require")]
    [InlineData("strict")]
    public async Task Only_features_that_read_text_are_asked_for(string tls)
    {
        server.Strict = tls == "strict";
        await using var database = new TdsDatabase(server.Port, tls: tls, ca: server.Certificates.AuthorityPem);
        Assert.Null((await database.Probe()).Failure?.Message);
        Assert.Equal([0x0A], Assert.Single(server.Logins).Features());
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        await other.DisposeAsync();
    }

    private static byte[] Routing(ushort port) => TdsTokens.Routing("127.0.0.1", port);

    // the value of ROUTING, without its type
    private static byte[] Target(ushort port) => Routing(port)[4..];

    private static byte[] Hidden(byte[] token, byte[] inside) => [.. TdsTokens.Sized(token[0], token[3..], inside.Length), .. inside];
}
