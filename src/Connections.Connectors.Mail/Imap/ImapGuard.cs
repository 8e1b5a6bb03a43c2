using Connections.Connectors.MailServers;

namespace Connections.Connectors.Imap;

/// <summary>
/// Bounds what a server sends in answer to one command, and how deeply it nests lists, which the library reads by recursion. Keeps the last
/// refusal and the last goodbye.
/// </summary>
internal sealed class ImapGuard : IMailGuard
{
    /// <summary>The bytes that a server may send for one command before the sign-in.</summary>
    public const int SignInBytes = 64 * 1024;

    /// <summary>The bytes for one command afterwards: all ids of a large folder, the structure of an email with many parts.</summary>
    public const int CommandBytes = 2 * 1024 * 1024;

    // The library has stack for more than these, wherever it takes the brackets to stand.
    private const int MaxOpen = 1_000;

    // The library keeps the ids of a search in order: an id that is lower than an earlier one moves all that are higher.
    private const int MaxLate = 1_000;

    private readonly ImapLine line = new();
    private byte[] sentLast = [];
    private long received;
    private int open;
    private int answers;
    private bool signedIn;
    private bool streams;
    private long id;
    private long highest;
    private int late;

    /// <summary>The bytes that the server may send for one command.</summary>
    public int Limit { get; set; } = SignInBytes;

    /// <summary>The refusal of the last command; null if it was not refused.</summary>
    public ImapReply? Refusal { get; private set; }

    /// <summary>The number of commands that the server completed.</summary>
    public int Completed { get; private set; }

    /// <summary>The server's reason for ending the connection.</summary>
    public ImapReply? Goodbye { get; private set; }

    public void SignedIn() => (signedIn, Limit) = (true, CommandBytes);

    public void Sends(ReadOnlySpan<byte> part)
    {
        byte[] all = [.. sentLast, .. part.Length > 3 ? part[^3..] : part];
        sentLast = all.Length > 3 ? all[^3..] : all;
        // The rest of a command that the server asked for is no new command.
        if (answers > 0) answers--;
        else if (!part.SequenceEqual("\r\n"u8)) Begin(part);
    }

    public void Received(ReadOnlySpan<byte> part)
    {
        if ((received += part.Length) > Limit) throw new MailLimitException($"more than {Limit / 1024} KB in answer to one command");
        while (!part.IsEmpty)
        {
            var count = (int)Math.Min(Math.Max(1, line.Value), part.Length);
            if (line.Value > 0)
            {
                if (!streams) foreach (var one in part[..count]) CountOpen(one);
                line.Skip(count);
            }
            else
            {
                Read(part[0]);
            }

            part = part[count..];
        }
    }

    private void Begin(ReadOnlySpan<byte> command)
    {
        (received, open, id, highest, late, Refusal) = (0, 0, 0, 0, 0, null);
        // Only contents and header fields hold brackets in any number.
        streams = command.IndexOf(" UID FETCH "u8) is > 0 and < 20
            && (command.IndexOf(" (BODY.PEEK["u8) > 0 || command.IndexOf(" BODY.PEEK[HEADER.FIELDS ("u8) > 0);
    }

    private void Read(byte one)
    {
        CountOpen(one);
        if (line.IsSearch) CheckOrder(one);
        if (!line.Read(one, Limit)) return;
        if (line.Continues) CheckContinuation();
        else if (line.Reply is { Status: "BYE" } goodbye) Goodbye = goodbye;
        else if (line.Reply is { IsTagged: true, Status: "NO" or "BAD" } refusal) Refusal = refusal;
        else if (line.Reply is { IsTagged: true, Status: "OK" }) Completed++;
    }

    private void CountOpen(byte one)
    {
        if (one == '(' && ++open > MaxOpen) throw new MailLimitException($"more than {MaxOpen} brackets that are not closed");
        if (one == ')' && open > 0) open--;
    }

    private void CheckOrder(byte one)
    {
        if (one is >= (byte)'0' and <= (byte)'9')
        {
            id = Math.Min(id * 10 + (one - '0'), uint.MaxValue);
            return;
        }

        if (id == 0) return;
        if (id < highest && ++late > MaxLate) throw new MailLimitException("the ids of a search in no order");
        (highest, id) = (Math.Max(highest, id), 0);
    }

    // The library answers each request for more, so a server could have it answer without end.
    private void CheckContinuation()
    {
        if (signedIn && (answers > 0 || !sentLast.AsSpan().SequenceEqual("}\r\n"u8)))
            throw new MailLimitException("a request for more of a command that is whole");
        answers++;
    }
}
