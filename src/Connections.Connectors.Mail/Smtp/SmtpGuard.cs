using System.Text;
using Connections.Connectors.MailServers;

namespace Connections.Connectors.Smtp;

/// <summary>
/// Bounds the replies of a server, keeps the last negative one, and knows whether the end of the email was sent. Until then the server
/// cannot have taken the email.
/// </summary>
internal sealed class SmtpGuard : IMailGuard
{
    /// <summary>RFC 5321, section 4.5.3.1.5, has 512. Some servers send more.</summary>
    public const int MaxLine = 8 * 1024;

    /// <summary>The bytes that a server may send between two commands.</summary>
    public const int MaxReply = 64 * 1024;

    private static readonly byte[] Data = "DATA\r\n"u8.ToArray();
    private static readonly byte[] End = "\r\n.\r\n"u8.ToArray();

    private readonly List<byte> line = [];
    private readonly StringBuilder text = new();
    private int reply;
    private int matched;
    private bool sending;

    /// <summary>Whether the end of the email was sent, or is being sent.</summary>
    public bool Ended { get; private set; }

    /// <summary>The last reply of 400 or more.</summary>
    public SmtpReply? Negative { get; private set; }

    /// <summary>The same, if nothing was sent after it.</summary>
    public SmtpReply? Last { get; private set; }

    public void Received(ReadOnlySpan<byte> part)
    {
        if ((reply += part.Length) > MaxReply) throw new MailLimitException($"a reply of more than {MaxReply / 1024} KB");
        foreach (var one in part)
        {
            if (one == '\n') EndLine();
            else if (line.Count < MaxLine) line.Add(one);
            else throw new MailLimitException($"a line of more than {MaxLine / 1024} KB");
        }
    }

    public void Sends(ReadOnlySpan<byte> part)
    {
        (reply, Last) = (0, null);
        if (!sending)
        {
            // RFC 5321, section 4.1.1.4: the first line of the email may be its end. A server may reply early, so no reply is awaited.
            if (part.EndsWith(Data)) (sending, matched) = (true, 2);
            return;
        }

        foreach (var one in part)
        {
            matched = one == End[matched] ? matched + 1 : one == '\r' ? 1 : 0;
            if (matched < End.Length) continue;
            (Ended, sending) = (true, false);
            return;
        }
    }

    private void EndLine()
    {
        var whole = Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
        line.Clear();
        if (SmtpReply.Parse(whole) is not { } parsed) return;
        if (text.Length < SmtpReply.MaxText) text.Append(text.Length > 0 ? " " : "").Append(parsed.Text);
        if (whole.Length > 3 && whole[3] == '-') return;
        Last = parsed.Code is >= 400 and < 600 ? SmtpReply.From(parsed.Code, text.ToString()) : null;
        Negative = Last ?? Negative;
        text.Clear();
    }
}
