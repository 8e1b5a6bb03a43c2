using System.Buffers.Binary;
using Connections.Connectors.Databases;

namespace Connections.Connectors.SqlServer;

/// <summary>
/// Bounds the packets of a SQL Server: a small allowance until the sign-in is complete, then the size of a whole response.
/// </summary>
internal sealed class TdsGuard(SqlServerWire wire) : FramedGuard(TdsPacket.HeadLength)
{
    /// <summary>The bytes that a server may send before the sign-in is complete.</summary>
    public const int SignInBytes = 64 * 1024;

    private const int SignInPackets = 100;

    private TdsTokens? tokens;
    private int packets;
    private long signInBytes;

    protected override string? CheckHead(ReadOnlySpan<byte> head, out long length, out int wanted)
    {
        var total = BinaryPrimitives.ReadUInt16BigEndian(head[2..]);
        length = Math.Max(0, total - TdsPacket.HeadLength);
        wanted = (int)length;
        return head[0] != TdsPacket.Response || total < TdsPacket.HeadLength ? "no packet of this protocol"
            : !wire.SignedIn ? CheckSignIn(total)
            : !wire.Take(total) ? $"a response of more than {SqlServerWire.ResponseBytes / 1024} KB"
            : null;
    }

    protected override string? CheckStart(ReadOnlySpan<byte> head, ReadOnlySpan<byte> start)
    {
        tokens ??= new TdsTokens(signIn: !wire.SignedIn);
        var problem = tokens.Accept(start);
        if (TdsPacket.IsLast(head[1])) tokens = null;
        return problem;
    }

    private string? CheckSignIn(int total) =>
        (signInBytes += total) > SignInBytes ? $"more than {SignInBytes / 1024} KB before the sign-in was complete"
        : ++packets > SignInPackets ? "too many packets before the sign-in was complete"
        : null;
}
