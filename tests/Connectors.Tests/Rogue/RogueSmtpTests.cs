using System.Text;
using Connections.Connectors;
using Connections.Domain;
using Connectors.Tests.MailServers;

namespace Connectors.Tests.Rogue;

[Collection(RogueServers.Name)]
public sealed class RogueSmtpTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData("EHLO", "an endless line")]
    [InlineData("AUTH", "endless lines")]
    [InlineData("AUTH", "slow lines")]
    [InlineData(".", "endless lines")]
    public async Task A_call_ends_in_time_and_costs_little(string place, string how)
    {
        using var server = new ScriptedServer(line => Dialogue(line, place, how));
        await Call(server, place, TimeSpan.FromMilliseconds(300)); // loads what is loaded once
        var failures = await Measured.TenAtOnce(_ => Call(server, place, Limit), Limit);
        Assert.All(failures, f => Assert.Contains(f!.Kind, new[] { FailureKind.Unavailable, FailureKind.Timeout }));
        Assert.All(failures, f => Assert.Equal(place == "." ? Delivered.Maybe : Delivered.No, f!.Delivered));
    }

    [Fact]
    public async Task Before_STARTTLS_a_call_ends_in_time_and_costs_little()
    {
        using var server = new ScriptedServer(line => Misbehave(line, "endless lines", "220"), tls: false);
        await Probe(server, "starttls", TimeSpan.FromMilliseconds(300));
        var failures = await Measured.TenAtOnce(_ => Probe(server, "starttls", Limit), Limit);
        Assert.All(failures, f => Assert.Contains(f!.Kind, new[] { FailureKind.Unavailable, FailureKind.Timeout }));
    }

    private static async Task<ConnectorResult.Failed?> Call(ScriptedServer server, string place, TimeSpan limit)
    {
        if (place != ".") return await Probe(server, "tls", limit);
        await using var mailbox = new TestMailbox("smtp", server.Port);
        return await mailbox.Run("send-email", new { to = new[] { "bob@example.com" }, subject = "s", text = "t" }, limit) as ConnectorResult.Failed;
    }

    private static async Task<ConnectorResult.Failed?> Probe(ScriptedServer server, string security, TimeSpan limit)
    {
        await using var mailbox = new TestMailbox("smtp", server.Port, security: security);
        return (await mailbox.Probe(limit)).Failure;
    }

    private static async Task Dialogue(ScriptedLine line, string place, string how)
    {
        await line.Write("220 ready\r\n");
        while (await line.Read() is { } command)
        {
            var verb = command.Split(' ')[0];
            var code = verb switch { "AUTH" => "235", "DATA" => "354", _ => "250" };
            if (verb == place) await Misbehave(line, how, code);
            await line.Write(verb == "EHLO" ? "250-mail.test\r\n250 AUTH PLAIN\r\n" : $"{code} ok\r\n");
            if (verb != "DATA") continue;
            while (await line.Read() is not (null or "."))
            {
                // The email is of no interest.
            }

            if (place == ".") await Misbehave(line, how, "250");
            await line.Write("250 ok\r\n");
        }
    }

    private static async Task Misbehave(ScriptedLine line, string how, string code)
    {
        if (how == "endless lines") await RogueServer.Flood(line.Stream, Encoding.ASCII.GetBytes($"{code}-more\r\n"), line.Ended);
        if (how == "an endless line") await RogueServer.Flood(line.Stream, Encoding.ASCII.GetBytes($"{code} more "), line.Ended);
        while (how == "slow lines")
        {
            await line.Write($"{code}-more\r\n");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, line.Ended);
        }
    }
}
