using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
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

    private const int MaxDepth = 100;
    private const int MaxHead = 2 * 1024;

    // The library keeps the ids of a search in order, and each one that comes out of order costs it more than the one before.
    private const int MaxDescents = 1_000;

    private static readonly byte[] SearchResult = "* SEARCH "u8.ToArray();

    private readonly List<byte> head = [];
    private long received;
    private long literal;
    private long announced = -1;
    private int depth;
    private bool closed;
    private bool quoted;
    private bool escaped;
    private bool lists;
    private long id;
    private long lastId;
    private int descents;

    /// <summary>The bytes that the server may send for one command.</summary>
    public int Limit { get; set; } = SignInBytes;

    /// <summary>The refusal of the last command; null if it was not refused.</summary>
    public ImapReply? Refusal { get; private set; }

    /// <summary>The server's reason for ending the connection.</summary>
    public ImapReply? Goodbye { get; private set; }

    public void Sends(ReadOnlySpan<byte> part) => (received, descents, Refusal) = (0, 0, null);

    public void Received(ReadOnlySpan<byte> part)
    {
        if ((received += part.Length) > Limit) throw new MailLimitException($"more than {Limit / 1024} KB in answer to one command");
        while (!part.IsEmpty)
        {
            if (literal > 0)
            {
                var skipped = (int)Math.Min(literal, part.Length);
                literal -= skipped;
                part = part[skipped..];
                continue;
            }

            Read(part[0]);
            part = part[1..];
        }
    }

    private void Read(byte one)
    {
        if (one == '\n')
        {
            EndLine();
            return;
        }

        if (head.Count < MaxHead) head.Add(one);
        if (head.Count == SearchResult.Length) lists = Ascii.EqualsIgnoreCase(CollectionsMarshal.AsSpan(head), SearchResult);
        if (lists) CheckOrder(one);
        if (quoted)
        {
            (quoted, escaped) = escaped ? (true, false) : (one != '"', one == '\\');
            return;
        }

        switch (one)
        {
            case (byte)'"':
                quoted = true;
                break;
            case (byte)'(' when ++depth > MaxDepth:
                throw new MailLimitException($"lists nested more than {MaxDepth} deep");
            case (byte)')':
                depth = Math.Max(0, depth - 1);
                break;
            case (byte)'{':
                (announced, closed) = (0, false);
                return;
            case >= (byte)'0' and <= (byte)'9' when announced >= 0 && !closed:
                announced = Math.Min(announced * 10 + (one - '0'), int.MaxValue);
                return;
            case (byte)'}' when announced >= 0:
                closed = true;
                return;
            case (byte)'\r':
                return;
        }

        announced = -1;
    }

    private void CheckOrder(byte one)
    {
        if (one is >= (byte)'0' and <= (byte)'9')
        {
            id = Math.Min(id * 10 + (one - '0'), uint.MaxValue);
            return;
        }

        if (id == 0) return;
        if (id < lastId && ++descents > MaxDescents) throw new MailLimitException("the ids of a search in no order");
        (lastId, id) = (id, 0);
    }

    private void EndLine()
    {
        var text = Encoding.UTF8.GetString([.. head]).TrimEnd('\r');
        var reply = ImapReply.Parse(text);
        // A text for people may end like the announcement of a literal.
        if (reply is null && closed && announced >= 0 && !quoted)
        {
            if (announced > Limit)
                throw new MailLimitException($"a value of {announced.ToString(CultureInfo.InvariantCulture)} bytes");
            (literal, announced, closed) = (announced, -1, false);
            return;
        }

        if (reply is { Status: "BYE" }) Goodbye = reply;
        else if (reply is { IsTagged: true, Status: "NO" or "BAD" }) Refusal = reply;
        head.Clear();
        (lists, id, lastId) = (false, 0, 0);
        (depth, quoted, escaped, announced, closed) = (0, false, false, -1, false);
    }
}
