using System.Text.Json.Nodes;
using Connections.Connectors;
using Connections.Domain;
using Connectors.Tests.MySql;
using TestServers;

namespace Connectors.Tests.Rogue;

[Collection(RogueServers.Name)]
public sealed class RogueSshTests(MariaDbFixture fixture)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private static readonly Dictionary<string, Func<Stream, CancellationToken, Task>> Rogues = new()
    {
        ["silence"] = RogueServer.Silence,
        ["endless lines before the identification"] = (s, ct) => RogueServer.Flood(s, "welcome to this host\r\n"u8.ToArray(), ct),
        ["an endless line"] = (s, ct) => RogueServer.Flood(s, "SSH-2.0-x"u8.ToArray(), ct),
        ["a packet of 1.5 GB"] = async (s, ct) =>
        {
            await s.WriteAsync("SSH-2.0-x\r\n"u8.ToArray(), ct);
            await s.WriteAsync((byte[])[89, 0, 0, 0, 4], ct);
            await RogueServer.Flood(s, new byte[1024], ct);
        },
        ["endless messages to ignore"] = async (s, ct) =>
        {
            await s.WriteAsync("SSH-2.0-x\r\n"u8.ToArray(), ct);
            await RogueServer.Flood(s, [0, 0, 0, 12, 6, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], ct);
        }
    };

    public static TheoryData<string> Names => [.. Rogues.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_connection_test_ends_in_time_and_costs_little(string rogue)
    {
        using var server = new RogueServer(Rogues[rogue]);
        await Probe(server); // loads what is loaded once
        var probes = await Measured.TenAtOnce(_ => Probe(server), Limit);
        Assert.All(probes, p => Assert.Contains(p.Failure!.Kind, new[] { FailureKind.Unavailable, FailureKind.Timeout }));
    }

    private async Task<ProbeResult> Probe(RogueServer server)
    {
        await using var database = new MyDatabase(fixture.Server);
        database.Resolver.Answer("bastion.test", [MariaDbServer.Host]);
        database.Settings["ssh"] = new JsonObject { ["host"] = "bastion.test", ["port"] = server.Port, ["user"] = "any" };
        database.OtherCredentials["sshPassword"] = "any";
        return await database.Runner.Probe("mysql", database.Use(), Limit, false, default);
    }
}
