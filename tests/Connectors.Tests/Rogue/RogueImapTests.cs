using System.Text;
using Connections.Connectors;
using Connections.Domain;
using Connectors.Tests.MailServers;

namespace Connectors.Tests.Rogue;

[Collection(RogueServers.Name)]
public sealed class RogueImapTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private static readonly Dictionary<string, (string Command, string Head, string Part)> Rogues = new()
    {
        ["endless answers to the sign-in"] = ("AUTHENTICATE", "", "* 1 EXISTS\r\n"),
        ["deep lists"] = ("UID FETCH", "* 1 FETCH (UID 42 BODYSTRUCTURE ", "("),
        ["deep lists behind a text that looks like a value"] = ("UID FETCH", "* OK {1000000}\r\n* 1 FETCH (UID 42 BODYSTRUCTURE ", "("),
        ["deep lists behind a request that looks like a value"] = ("UID FETCH", "+ x {1900000}\r\n* 1 FETCH (UID 42 BODYSTRUCTURE ", "("),
        ["deep lists behind a text after two blanks"] = ("UID FETCH", "*  OK x {1900000}\r\n* 1 FETCH (UID 42 BODYSTRUCTURE ", "("),
        ["deep lists behind an alert after two blanks"] =
            ("UID FETCH", "*  OK [ALERT] x {1900000}\r\n* 1 FETCH (UID 42 BODYSTRUCTURE ", "("),
        ["deep lists behind a value that the library alone sees"] =
            ("UID FETCH", "* 1 FETCH (BODY[] {1} \r\n\" BODYSTRUCTURE ", "("),
        ["requests for more without end"] = ("UID FETCH", "", "+ \r\n"),
        ["a value of 2 GB"] = ("UID FETCH", "* 1 FETCH (UID 42 BODY[1]<0> {2000000000}\r\n", "x"),
        ["a text without an end"] = ("UID FETCH", "* 1 FETCH (UID 42 ENVELOPE (\"", "x")
    };

    private const string Ids = "ids";

    private static readonly Dictionary<string, string> WorstIds = new()
    {
        ["each lower than the one before"] = $"* SEARCH {string.Join(' ', Numbers.Select(i => 2 * (80_001 - i)))}\r\n",
        ["all lower than the first"] = $"* SEARCH 1000000000 {string.Join(' ', Numbers.Select(i => 2 * i))}\r\n",
        ["one in each line"] = string.Concat(Numbers.Select(i => $"* SEARCH {2 * (80_001 - i)}\r\n"))
    };

    private static IEnumerable<int> Numbers => Enumerable.Range(1, 80_000);

    public static TheoryData<string> Orders => [.. WorstIds.Keys];

    public static TheoryData<string> Names => [.. Rogues.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_call_ends_in_time_and_costs_little(string rogue)
    {
        var (command, head, part) = Rogues[rogue];
        using var server = new ScriptedServer(line => Dialogue(line, command, head, part));
        await Call(server, TimeSpan.FromMilliseconds(300)); // loads what is loaded once
        var failures = await Measured.TenAtOnce(_ => Call(server, Limit), Limit);
        Assert.All(failures, f => Assert.Equal(FailureKind.Unavailable, f!.Kind));
        Assert.All(failures, f => Assert.Contains("does not respond like IMAP: it sent", f!.Message, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Ids_in_no_order_cost_little(string order)
    {
        using var server = new ScriptedServer(line => Dialogue(line, Ids, WorstIds[order], ""));
        var failures = await Measured.TenAtOnce(_ => Call(server, Limit), Limit);
        Assert.All(failures, f => Assert.Contains("in no order", f!.Message, StringComparison.Ordinal));
    }

    private static async Task<ConnectorResult.Failed?> Call(ScriptedServer server, TimeSpan limit)
    {
        await using var mailbox = new TestMailbox("imap", server.Port);
        return await mailbox.Run("search-emails", new { }, limit) as ConnectorResult.Failed;
    }

    private static async Task Dialogue(ScriptedLine line, string place, string head, string part)
    {
        await line.Write("* OK ready\r\n");
        while (await line.Read() is { } command)
        {
            var words = command.Split(' ');
            var name = words[1] == "UID" ? $"UID {words[2]}" : words[1];
            if (place == Ids && name == "UID SEARCH") await line.Write(head);
            if (name == place) await Misbehave(line, head, part);
            await line.Write(name switch
            {
                "CAPABILITY" => "* CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN NAMESPACE\r\n",
                "NAMESPACE" => "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n",
                "LIST" => "* LIST () \"/\" INBOX\r\n",
                "EXAMINE" => "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n",
                "UID SEARCH" when place != Ids => "* SEARCH 42\r\n",
                _ => ""
            } + $"{words[0]} OK {(name == "EXAMINE" ? "[READ-ONLY] " : "")}done\r\n");
        }
    }

    private static async Task Misbehave(ScriptedLine line, string head, string part)
    {
        await line.Write(head);
        await RogueServer.Flood(line.Stream, Encoding.ASCII.GetBytes(part), line.Ended);
    }
}
