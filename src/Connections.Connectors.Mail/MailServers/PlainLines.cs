using System.Text;

namespace Connections.Connectors.MailServers;

/// <summary>The unencrypted lines before STARTTLS. Their number and length are bounded.</summary>
internal sealed class PlainLines(Stream stream)
{
    private const int MaxLine = 2 * 1024;
    private const int MaxLines = 100;

    private readonly byte[] buffer = new byte[MaxLine];
    private int start;
    private int end;
    private int lines;

    /// <summary>Whether the server sent more than the lines that were read.</summary>
    public bool HasMore => start < end;

    public async Task<string> Read(CancellationToken ct)
    {
        if (++lines > MaxLines) throw new MailLimitException($"more than {MaxLines} lines before the encryption");
        while (true)
        {
            var length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                var line = Encoding.Latin1.GetString(buffer, start, length).TrimEnd('\r');
                start += length + 1;
                return line;
            }

            if (start > 0)
            {
                buffer.AsSpan(start, end - start).CopyTo(buffer);
                (start, end) = (0, end - start);
            }

            if (end == buffer.Length) throw new MailLimitException($"a line of more than {MaxLine} bytes");
            var read = await stream.ReadAsync(buffer.AsMemory(end), ct);
            if (read == 0) throw new EndOfStreamException();
            end += read;
        }
    }

    public async Task Write(string line, CancellationToken ct) => await stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), ct);
}
