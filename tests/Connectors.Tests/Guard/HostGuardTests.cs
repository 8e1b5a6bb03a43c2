using System.Net;
using Connections.Connectors.Guard;
using Connections.Domain;
using Microsoft.Extensions.Options;

namespace Connectors.Tests.Guard;

public sealed class HostGuardTests
{
    private readonly FakeResolver resolver = new();

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.9.10")]
    [InlineData("10.1.2.3")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("100.64.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("192.0.2.1")]
    [InlineData("198.51.100.1")]
    [InlineData("203.0.113.1")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::1")]
    [InlineData("[::1]")]
    [InlineData("::")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::127.0.0.1")]
    [InlineData("::ffff:0:127.0.0.1")]
    [InlineData("fc00::1")]
    [InlineData("fd12:3456::1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2002:a00:1::")]
    [InlineData("64:ff9b::10.0.0.1")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("2001::5ef5:79fd:0:0:0")]
    [InlineData("2600::5efe:10.0.0.1")]
    public async Task Private_addresses_are_rejected_unless_allowed(string address)
    {
        await Refused(address, "private or reserved");
        Assert.Null((await Guard("true").Resolve(address, 5432, default)).Refused);
    }

    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("169.254.170.2")]
    [InlineData("fe80::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("100.100.100.200")]
    [InlineData("192.0.0.192")]
    [InlineData("168.63.129.16")]
    [InlineData("fd20:ce::254")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::169.254.169.254")]
    [InlineData("2002:a9fe:a9fe::")]
    [InlineData("64:ff9b::169.254.169.254")]
    [InlineData("2600::5efe:169.254.169.254")]
    public async Task Metadata_addresses_are_always_rejected(string address)
    {
        await Refused(address, "metadata");
        await Refused(address, "metadata", "true", "0.0.0.0/0", "::/0", address);
    }

    [Theory]
    [InlineData("2130706433")]
    [InlineData("0x7f000001")]
    [InlineData("0x7f.1")]
    [InlineData("0177.0.0.1")]
    [InlineData("127.1")]
    [InlineData("127.0.0.01")]
    [InlineData("127.0.0.1.")]
    [InlineData("127.0.0.0x1")]
    [InlineData("1.2.3.4.5")]
    [InlineData("256.1.1.1")]
    [InlineData("user@127.0.0.1")]
    [InlineData("a%40b")]
    [InlineData("fe80::1%eth0")]
    [InlineData("::1%1")]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(" db.example.com")]
    [InlineData("db.example.com\n")]
    [InlineData("db.example.com:5432")]
    [InlineData("http://db.example.com")]
    [InlineData("db.example.com/x")]
    [InlineData("a..b")]
    [InlineData(".")]
    [InlineData("127。0。0。1")]
    [InlineData("１２７.0.0.1")]
    [InlineData("host,other")]
    [InlineData("host;Port=1")]
    public async Task Unusual_spellings_never_reach_a_private_address(string typed)
    {
        var guarded = await Guard().Resolve(typed, 5432, default);
        Assert.NotNull(guarded.Refused);
        Assert.Empty(guarded.Endpoints);
        Assert.Empty(resolver.ResolvedHosts);
    }

    [Fact]
    public async Task Host_names_are_normalized()
    {
        resolver.Answer("db.example.com", ["93.184.215.14"]).Answer("xn--bcher-kva.example", ["93.184.215.14"]);
        Assert.Equal("db.example.com", (await Guard().Resolve("DB.Example.COM.", 5432, default)).Host);
        Assert.Equal("xn--bcher-kva.example", (await Guard().Resolve("bücher.example", 5432, default)).Host);
    }

    [Fact]
    public async Task The_checked_address_is_dialled()
    {
        resolver.Answer("db.example.com", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"]);
        var guarded = await Guard().Resolve("db.example.com", 5433, default);
        Assert.Equal(
            [IPEndPoint.Parse("93.184.215.14:5433"), IPEndPoint.Parse("[2606:2800:21f:cb07:6820:80da:af6b:8b2c]:5433")], guarded.Endpoints);
    }

    [Fact]
    public async Task Each_call_resolves_the_name_again_and_checks_a_changed_address()
    {
        resolver.Answer("db.example.com", ["93.184.215.14"], ["127.0.0.1"]);
        var guard = Guard();
        Assert.Null((await guard.Resolve("db.example.com", 5432, default)).Refused);
        var again = await guard.Resolve("db.example.com", 5432, default);
        Assert.Contains("db.example.com leads to 127.0.0.1", again.Refused!.Message, StringComparison.Ordinal);
        Assert.Equal((FailureKind.InvalidInput, Delivered.No), (again.Refused.Kind, again.Refused.Delivered));
    }

    [Theory]
    [InlineData("93.184.215.14", "10.0.0.1")]
    [InlineData("::ffff:10.0.0.1", "93.184.215.14")]
    [InlineData("93.184.215.14", "169.254.169.254")]
    public async Task One_forbidden_address_rejects_the_host_name(string one, string other)
    {
        resolver.Answer("mixed.example.com", [one, other]);
        Assert.NotNull((await Guard().Resolve("mixed.example.com", 5432, default)).Refused);
    }

    [Theory]
    [InlineData("10.0.0.0/8", "10.9.8.7", true)]
    [InlineData("10.0.0.0/8", "::ffff:10.9.8.7", true)]
    [InlineData("10.0.0.0/8", "192.168.0.1", false)]
    [InlineData("192.168.0.1", "192.168.0.1", true)]
    [InlineData("192.168.0.1", "192.168.0.2", false)]
    [InlineData("db.internal", "10.0.0.1", true)]
    [InlineData("DB.Internal.", "10.0.0.1", true)]
    [InlineData("internal", "10.0.0.1", false)]
    [InlineData("10.0.0.0/8, 127.0.0.0/8", "127.0.0.1", true)]
    [InlineData("false", "127.0.0.1", false)]
    public async Task Listed_addresses_are_allowed(string listed, string address, bool allowed)
    {
        resolver.Answer("db.internal", [address]);
        Assert.Equal(allowed, (await Guard(listed).Resolve("db.internal", 5432, default)).Refused is null);
    }

    [Theory]
    [InlineData("10.0.0.0/99")]
    [InlineData("a b")]
    [InlineData("0x7f.1")]
    public void An_invalid_allow_list_is_rejected(string listed) => Assert.Throws<FormatException>(() => new PrivateNetworkPolicy([listed]));

    [Theory]
    [InlineData(0)]
    [InlineData(65536)]
    [InlineData(-1)]
    public async Task Ports_must_be_in_range(int port) => Assert.NotNull((await Guard().Resolve("93.184.215.14", port, default)).Refused);

    [Fact]
    public async Task An_unknown_host_name_is_unavailable()
    {
        var guarded = await Guard().Resolve("nobody.example", 5432, default);
        Assert.Equal((FailureKind.Unavailable, Delivered.No), (guarded.Refused!.Kind, guarded.Refused.Delivered));
    }

    private async Task Refused(string address, string expected, params string[] allowed)
    {
        Assert.Contains(expected, (await Guard(allowed).Resolve(address, 5432, default)).Refused?.Message ?? "allowed", StringComparison.Ordinal);
        resolver.Answer("led.example.com", [address.Trim('[', ']')]);
        Assert.Contains(expected, (await Guard(allowed).Resolve("led.example.com", 5432, default)).Refused?.Message ?? "allowed", StringComparison.Ordinal);
    }

    private HostGuard Guard(params string[] allowed) => new(resolver, Options.Create(new NetworkOptions { AllowPrivate = allowed }));
}
