using Connections.Connectors.Databases;
using Connections.Connectors.Guard;
using Connections.Connectors.SqlServer;

namespace Connectors.Tests.SqlServer;

public sealed class TdsGuardTests
{
    private static readonly byte[] TooManyColumns = [0x81, 0x60, 0xEA, 0, 0, 0];

    private readonly TdsGuard guard = new(new SqlServerWire(
        new DatabaseSettings("sql.test", 1, "shop", "require", null, false, null),
        new ServerCertificate("sql.test", chain: false, name: false, null), TimeProvider.System));

    [Fact]
    public void A_response_whose_last_packet_is_empty_does_not_hide_the_next_one()
    {
        Assert.Equal(13, guard.Accept(Packet(0, [0x81, 1, 0, 0, 0])));
        Assert.Equal(8, guard.Accept(Packet(1, [])));
        guard.Accept(Packet(1, TooManyColumns));
        Assert.NotNull(guard.Problem);
    }

    [Fact]
    public void A_packet_is_checked_before_it_is_complete()
    {
        var packet = Packet(1, TooManyColumns);
        Assert.Equal(0, guard.Accept(packet.AsSpan(0, packet.Length - 1)));
        Assert.NotNull(guard.Problem);
    }

    private static byte[] Packet(byte status, byte[] data) => [4, status, 0, (byte)(8 + data.Length), 0, 0, 1, 0, .. data];
}
