using System.Collections.Concurrent;
using System.Text;
using Connectors.Tests.MailServers;

namespace Connectors.Tests.Smtp;

/// <summary>An SMTP server that replies, and breaks off, as a test says. It takes an email once it has read the final dot.</summary>
internal sealed class ScriptedSmtp : IDisposable
{
    private static readonly string[] Offers = ["SIZE 40000000", "8BITMIME", "PIPELINING", "CHUNKING", "ENHANCEDSTATUSCODES", "AUTH PLAIN LOGIN"];

    private readonly ScriptedServer server;
    private int cuts;

    public ScriptedSmtp(bool tls = true) => server = new ScriptedServer(Dialogue, tls);

    public int Port => server.Port;

    public int Connections => server.Connections;

    public ConcurrentQueue<string> Commands { get; } = new();

    /// <summary>The emails that the server took.</summary>
    public ConcurrentQueue<string> Mails { get; } = new();

    /// <summary>The reply to a command, or to GREETING or the final dot. Null: the good one.</summary>
    public Func<string, string?> Reply { get; set; } = _ => null;

    /// <summary>The command at which the server breaks off; MAIL-BODY: within the email.</summary>
    public string? CutAt { get; set; }

    /// <summary>Whether the server replies before it breaks off.</summary>
    public bool CutAfterReply { get; set; }

    public bool Reset { get; set; }

    /// <summary>How many times the server breaks off.</summary>
    public int Cuts { get; set; } = 1;

    public IReadOnlyList<string> ExtraOffers { get; set; } = [];

    public bool OffersStartTls { get; set; } = true;

    public bool InsertsAfterStartTls { get; set; }

    public IEnumerable<string> Verbs => Commands.Select(c => c.Split(' ')[0]);

    public void Dispose() => server.Dispose();

    private async Task Dialogue(ScriptedLine line)
    {
        if (!await Answer(line, "GREETING", "220 mail.test ready\r\n")) return;
        var encrypted = line.Stream is System.Net.Security.SslStream;
        while (await line.Read() is { } command)
        {
            Commands.Enqueue(command);
            var verb = command.Split(' ')[0].ToUpperInvariant();
            if (verb == "EHLO")
            {
                string[] offers = encrypted ? [.. Offers, .. ExtraOffers] : OffersStartTls ? ["STARTTLS"] : ["8BITMIME"];
                if (!await Answer(line, verb, $"250-mail.test\r\n{string.Concat(offers.SkipLast(1).Select(o => $"250-{o}\r\n"))}250 {offers[^1]}\r\n")) return;
            }
            else if (verb == "STARTTLS")
            {
                await line.Write(InsertsAfterStartTls ? "220 go\r\n250 inserted\r\n" : Reply("STARTTLS") ?? "220 go\r\n");
                if (Reply("STARTTLS") is not null) continue;
                await line.Encrypt();
                encrypted = true;
            }
            else if (verb == "AUTH")
            {
                if (!await Answer(line, verb, "235 2.7.0 welcome\r\n")) return;
            }
            else if (verb == "DATA")
            {
                if (!await Answer(line, verb, "354 go on\r\n")) return;
                if (Reply("DATA") is null && !await Take(line)) return;
            }
            else if (!await Answer(line, verb == "RCPT" ? command : verb, verb == "QUIT" ? "221 bye\r\n" : "250 2.0.0 ok\r\n"))
            {
                return;
            }
        }
    }

    private async Task<bool> Take(ScriptedLine line)
    {
        var mail = new StringBuilder();
        while (await line.Read() is { } text)
        {
            if (text == ".")
            {
                if (Reply(".") is not { } refusal || refusal.StartsWith('2')) Mails.Enqueue(mail.ToString());
                return await Answer(line, ".", "250 2.0.0 queued as 4711\r\n");
            }

            mail.Append(text.StartsWith('.') ? text[1..] : text).Append("\r\n");
            if (CutAt == "MAIL-BODY" && TryCut(line)) return false;
        }

        return false;
    }

    private async Task<bool> Answer(ScriptedLine line, string command, string good)
    {
        var cut = CutAt is not null && command.StartsWith(CutAt, StringComparison.Ordinal);
        if (cut && !CutAfterReply && TryCut(line)) return false;
        await line.Write(Reply(command) ?? good);
        return !(cut && CutAfterReply && TryCut(line));
    }

    private bool TryCut(ScriptedLine line)
    {
        if (Interlocked.Increment(ref cuts) > Cuts) return false;
        line.Cut(Reset);
        return true;
    }
}
