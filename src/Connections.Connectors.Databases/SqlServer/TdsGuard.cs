using System.Buffers.Binary;
using Connections.Connectors.Databases;

namespace Connections.Connectors.SqlServer;

/// <summary>Bounds what a SQL Server sends after the sign-in: the size of a whole response, and what precedes its rows.</summary>
internal sealed class TdsGuard(SqlServerWire wire) : FramedGuard(TdsPacket.HeadLength)
{
    private TdsTokens? tokens;

    protected override string? CheckHead(ReadOnlySpan<byte> head, out long length, out int wanted)
    {
        var total = BinaryPrimitives.ReadUInt16BigEndian(head[2..]);
        length = Math.Max(0, total - TdsPacket.HeadLength);
        wanted = 0;
        return head[0] != TdsPacket.Response || total < TdsPacket.HeadLength ? "no packet of this protocol"
            : !wire.Take(total) ? $"a response of more than {SqlServerWire.ResponseBytes / 1024} KB"
            : null;
    }

    protected override string? CheckPart(ReadOnlySpan<byte> head, ReadOnlySpan<byte> part, bool last)
    {
        tokens ??= new TdsTokens();
        var problem = tokens.Accept(part);
        if (last && TdsPacket.IsLast(head[1])) tokens = null;
        return problem;
    }
}
