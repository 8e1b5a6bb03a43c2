using Connections.Connectors.Ssh;

namespace Connectors.Tests.Ssh;

public sealed class SshWireTests
{
    private const int Megabyte = 1024 * 1024;

    [Fact]
    public void A_host_may_send_little_before_the_sign_in()
    {
        var guard = new SshWire(new ReceiveLimit(Megabyte)).Guard();
        Assert.Equal(SshWire.SignInBytes, guard.Accept(new byte[SshWire.SignInBytes]));
        Assert.Equal(0, guard.Accept(new byte[1]));
        Assert.Contains("256 KB", guard.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_may_send_so_much_after_the_sign_in_and_what_was_asked_for()
    {
        var limit = new ReceiveLimit(Megabyte);
        var wire = new SshWire(limit);
        var guard = wire.Guard();
        Assert.Equal(SshWire.SignInBytes, guard.Accept(new byte[SshWire.SignInBytes]));
        wire.SignedIn = true;
        Assert.Equal(Megabyte, guard.Accept(new byte[Megabyte]));
        limit.Raise(10);
        Assert.Equal(10, guard.Accept(new byte[10]));
        Assert.Null(guard.Problem);
        Assert.Equal(0, guard.Accept(new byte[1]));
        Assert.Contains("1 MB", guard.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tunnel_carries_any_amount()
    {
        var wire = new SshWire(null) { SignedIn = true };
        var guard = wire.Guard();
        for (var i = 0; i < 100; i++) Assert.Equal(Megabyte, guard.Accept(new byte[Megabyte]));
    }
}
