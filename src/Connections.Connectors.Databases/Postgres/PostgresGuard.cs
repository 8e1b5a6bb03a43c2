using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Connections.Connectors.Databases;

namespace Connections.Connectors.Postgres;

/// <summary>
/// Bounds the messages of a PostgreSQL server: a small allowance until it is ready for statements, then a size for each message. Rows are
/// the exception while a statement's result is read, because Npgsql hands their values on in parts.
/// </summary>
internal sealed class PostgresGuard(PostgresWire wire) : FramedGuard(HeadLength)
{
    /// <summary>The bytes that a server may send before it is ready for statements.</summary>
    public const int SignInBytes = 64 * 1024;

    /// <summary>The largest message afterwards, except rows.</summary>
    public const int MessageBytes = 1024 * 1024;

    /// <summary>The bytes that a server may send during one statement, except settings, descriptions and the rows that are read.</summary>
    public const int MessagesBytes = 4 * 1024 * 1024;

    /// <summary>The largest number of rounds of a password hash. PostgreSQL's default is 4,096.</summary>
    public const int MaxRounds = 1_000_000;

    private const int HeadLength = 5;
    private const int ColumnsBytes = 256 * 1024;
    private const int AuthenticationBytes = 8 * 1024;
    private const int AuthenticationSteps = 16;
    private const int SaslContinue = 11;

    private bool ready;
    private int authentications;
    private long signInBytes;
    private long settingsBytes;
    private long messagesBytes;

    protected override string? CheckHead(ReadOnlySpan<byte> head, out long length, out int wanted)
    {
        length = BinaryPrimitives.ReadInt32BigEndian(head[1..]) - 4L;
        wanted = 0;
        if (length < 0) return "a message without a valid length";
        if (head[0] == 'Z') (ready, settingsBytes, messagesBytes) = (true, 0, 0);
        if (!ready && (signInBytes += HeadLength + length) > SignInBytes) return $"more than {SignInBytes / 1024} KB before the sign-in was complete";
        return head[0] switch
        {
            (byte)'R' => CheckAuthentication(length, out wanted),
            (byte)'S' => (settingsBytes += length) > ColumnsBytes ? "too many settings" : null,
            (byte)'T' or (byte)'t' when length > ColumnsBytes => $"a description of columns of {length} bytes",
            (byte)'D' when wire.ReadsRows => null,
            _ when length > MessageBytes => $"a message of {length} bytes",
            _ => (messagesBytes += HeadLength + length) > MessagesBytes
                ? $"more than {MessagesBytes / 1024 / 1024} MB of messages, beside the rows that are read, during one statement"
                : null
        };
    }

    protected override string? CheckStart(ReadOnlySpan<byte> head, ReadOnlySpan<byte> start)
    {
        wire.Requested = BinaryPrimitives.ReadInt32BigEndian(start);
        if (wire.Requested != SaslContinue) return null;
        var rounds = Encoding.UTF8.GetString(start[4..]).Split(',').FirstOrDefault(part => part.StartsWith("i=", StringComparison.Ordinal));
        return rounds is not null && (!long.TryParse(rounds.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > MaxRounds)
            ? $"a request to hash the password more than {MaxRounds} times"
            : null;
    }

    private string? CheckAuthentication(long length, out int wanted)
    {
        wanted = (int)Math.Min(length, AuthenticationBytes);
        return length is < 4 or > AuthenticationBytes ? $"a request for authentication of {length} bytes"
            : ++authentications > AuthenticationSteps ? "too many requests for authentication"
            : null;
    }
}
