using System.Net;
using Connections.Console.Endpoints;
using Microsoft.Extensions.Time.Testing;

namespace Console.Tests;

public sealed class SignInAttemptsTests
{
    private readonly FakeTimeProvider clock = new();

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1", true)]
    [InlineData("2001:db8::1", "2001:db8::ffff:1:2", true)] // the holder of one IPv6 address usually has its whole network
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    public void Five_wrong_keys_in_a_minute_block_an_address(string first, string second, bool blocked)
    {
        var attempts = new SignInAttemptsByAddress(clock);
        for (var i = 0; i < 5; i++)
        {
            Assert.Null(attempts.Pause(IPAddress.Parse(second)));
            attempts.Wrong(IPAddress.Parse(first));
        }

        clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(blocked ? TimeSpan.FromSeconds(40) : null, attempts.Pause(IPAddress.Parse(second)));
        clock.Advance(TimeSpan.FromSeconds(40));
        Assert.Null(attempts.Pause(IPAddress.Parse(second)));
    }
}
