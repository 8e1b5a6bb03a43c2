using System.Collections.Concurrent;
using Connectors.Tests.MailServers;

namespace Connectors.Tests.Imap;

/// <summary>An IMAP server with one folder and one email, that answers as a test says.</summary>
internal sealed class ScriptedImap : IDisposable
{
    public const string Id = "SU5CT1g.7.42";

    private const string Envelope = """
        ("Mon, 30 Nov 2026 10:00:00 +0000" "Order" (("Bob" NIL "bob" "example.com")) NIL NIL (("Ann" NIL "ann" "mail.test")) NIL NIL NIL "<1@x>")
        """;

    private readonly ScriptedServer server;

    public ScriptedImap(bool tls = true) => server = new ScriptedServer(Dialogue, tls);

    public int Port => server.Port;

    public int Connections => server.Connections;

    public ConcurrentQueue<string> Commands { get; } = new();

    /// <summary>The answer to a command (its name, UID SEARCH as one), with {tag} for its tag. Null: a good one.</summary>
    public Func<string, string?> Answer { get; set; } = _ => null;

    /// <summary>The header fields of the email.</summary>
    public string Fields { get; set; } = "From: Bob <bob@example.com>\r\nTo: Ann <ann@mail.test>\r\nSubject: Order";

    public string Capabilities { get; set; } = "IMAP4rev1 SASL-IR AUTH=PLAIN NAMESPACE UIDPLUS MOVE";

    /// <summary>The ids that a search finds.</summary>
    public string Found { get; set; } = "42";

    public string Structure { get; set; } = """("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 5 1 NIL NIL NIL NIL)""";

    public string Body { get; set; } = "Hello";

    public uint Validity { get; set; } = 7;

    public void Dispose() => server.Dispose();

    private async Task Dialogue(ScriptedLine line)
    {
        await line.Write(Answer("GREETING") ?? "* OK ready\r\n");
        while (await line.Read() is { } command)
        {
            var words = command.Split(' ');
            if (words.Length < 2) continue;
            var name = words[1] == "UID" ? $"UID {words[2].ToUpperInvariant()}" : words[1].ToUpperInvariant();
            Commands.Enqueue(command[(words[0].Length + 1)..]);
            // A value of the client that is announced by its length follows.
            while (command.EndsWith('}') && int.TryParse(command[(command.LastIndexOf('{') + 1)..].TrimEnd('}', '+'), out var length))
            {
                if (!command.EndsWith("+}", StringComparison.Ordinal)) await line.Write("+ go on\r\n");
                await line.Read(length);
                command = await line.Read() ?? "";
            }

            if (Answer(name) is { } answer)
            {
                await line.Write(answer.Replace("{tag}", words[0], StringComparison.Ordinal));
                if (answer.StartsWith("* BYE", StringComparison.Ordinal)) return;
                continue;
            }

            await line.Write(Good(name, command) + $"{words[0]} OK {(name == "EXAMINE" ? "[READ-ONLY] " : name == "SELECT" ? "[READ-WRITE] " : "")}done\r\n");
            if (name == "STARTTLS") await line.Encrypt();
            if (name == "LOGOUT") return;
        }
    }

    private string Good(string name, string command) => name switch
    {
        "CAPABILITY" => $"* CAPABILITY {Capabilities}\r\n",
        "NAMESPACE" => "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n",
        "LIST" => command.Contains("\"*\"", StringComparison.Ordinal) || command.Contains("INBOX", StringComparison.Ordinal)
            ? "* LIST (\\HasNoChildren) \"/\" INBOX\r\n* LIST (\\HasNoChildren \\Sent) \"/\" Sent\r\n"
            : command.Contains("Sent", StringComparison.Ordinal) ? "* LIST (\\HasNoChildren \\Sent) \"/\" Sent\r\n" : "",
        "EXAMINE" or "SELECT" => $"* FLAGS (\\Seen \\Flagged)\r\n* 1 EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY {Validity}] ok\r\n* OK [UIDNEXT 43] ok\r\n",
        "UID SEARCH" => $"* SEARCH {Found}\r\n",
        "UID FETCH" when command.Contains("BODY.PEEK[HEADER.FIELDS", StringComparison.Ordinal) => Header(command),
        "UID FETCH" when command.Contains("BODY.PEEK[", StringComparison.Ordinal) => Content(command),
        "UID FETCH" => $"* 1 FETCH (UID 42 FLAGS () INTERNALDATE \"30-Nov-2026 10:00:00 +0000\" RFC822.SIZE 500 ENVELOPE {Envelope}"
            + (command.Contains("BODYSTRUCTURE", StringComparison.Ordinal) ? $" BODYSTRUCTURE {Structure}" : "") + ")\r\n",
        "LOGOUT" => "* BYE bye\r\n",
        _ => ""
    };

    private static string Section(string command) =>
        command[(command.IndexOf("BODY.PEEK[", StringComparison.Ordinal) + 10)..command.IndexOf(']', StringComparison.Ordinal)];

    private string Header(string command)
    {
        var fields = $"{Fields}\r\n\r\n";
        return $"* 1 FETCH (UID 42 FLAGS () INTERNALDATE \"30-Nov-2026 10:00:00 +0000\" RFC822.SIZE 500 BODY[{Section(command)}] {{{fields.Length}}}\r\n{fields})\r\n";
    }

    private string Content(string command)
    {
        var section = Section(command);
        return $"* 1 FETCH (UID 42 BODY[{section}]<0> {{{Body.Length}}}\r\n{Body})\r\n";
    }
}
