using System.Buffers.Binary;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Connections.Domain;
using Connectors.Tests.MySql;
using TestServers;

namespace Connectors.Tests.Ssh;

/// <summary>Fingerprints and private keys as people type and paste them.</summary>
public sealed partial class TunnelFormsTests : IClassFixture<SshFixture>, IAsyncDisposable
{
    private readonly SshServer ssh;
    private readonly MyDatabase database;

    public TunnelFormsTests(SshFixture fixture, MariaDbFixture mariaDb)
    {
        Assert.SkipUnless(SshServer.Available, "OpenSSH's server cannot be run here");
        ssh = fixture.Server!;
        database = new MyDatabase(mariaDb.Server);
        database.Resolver.Answer("bastion.test", [SshServer.Host]);
        database.Settings["host"] = MariaDbServer.Host;
        database.Settings["ssh"] = new JsonObject
        {
            ["host"] = "bastion.test",
            ["port"] = ssh.Port,
            ["user"] = SshServer.User,
            ["hostKeyFingerprint"] = ssh.Fingerprint
        };
        database.OtherCredentials["sshPrivateKey"] = ssh.PrivateKey;
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("SHA256:{0}")]
    [InlineData("SHA256:{0}=")]
    [InlineData("{0}=")]
    [InlineData("SHA256:{0} (ssh-ed25519)")]
    [InlineData("256 SHA256:{0} root@bastion (ED25519)")]
    [InlineData("  SHA256:{0}\n")]
    [InlineData("sha256:{0}")]
    [InlineData("ED25519 key fingerprint is SHA256:{0}.")]
    public async Task A_fingerprint_is_taken_in_any_form(string form)
    {
        database.Settings["ssh"]!["hostKeyFingerprint"] = form.Replace("{0}", ssh.Fingerprint["SHA256:".Length..], StringComparison.Ordinal);
        Assert.Null((await database.Probe()).Failure?.Message);
    }

    [Fact]
    public async Task A_fingerprint_is_taken_as_our_own_message_shows_it()
    {
        ((JsonObject)database.Settings["ssh"]!).Remove("hostKeyFingerprint");
        var message = (await database.Probe()).Failure!.Message;
        database.Settings["ssh"]!["hostKeyFingerprint"] = Shown().Match(message).Value;
        Assert.Null((await database.Probe()).Failure?.Message);
    }

    [Theory]
    [InlineData("ed25519", "{0}")]
    [InlineData("ecdsa", "{0}")]
    [InlineData("rsa", "{0}")]
    [InlineData("rsa", "3072 {0} root@bastion (RSA)")]
    [InlineData("ecdsa", "{0} (ecdsa-sha2-nistp256)")]
    [InlineData("rsa", "{1}")]
    [InlineData("ecdsa", "bastion.test {1}")]
    public async Task The_hosts_key_that_is_confirmed_is_asked_for(string type, string form)
    {
        database.Settings["ssh"]!["hostKeyFingerprint"] = form.Replace("{0}", ssh.FingerprintOf(type), StringComparison.Ordinal)
            .Replace("{1}", ssh.PublicHostKey(type), StringComparison.Ordinal);
        Assert.Null((await database.Probe()).Failure?.Message);
    }

    [Theory]
    [InlineData("SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA (RSA)")]
    [InlineData("SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA (ssh-ed25519)")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public async Task Another_key_is_never_accepted(string fingerprint)
    {
        database.Settings["ssh"]!["hostKeyFingerprint"] = fingerprint;
        var probe = await database.Probe();
        Assert.Equal(("ssh", FailureKind.ReauthRequired), (probe.Steps[^1].Name, probe.Failure!.Kind));
        Assert.Contains("another key", probe.Failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MD5:aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99", "MD5")]
    [InlineData("aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99", "MD5")]
    [InlineData("hello", "not a fingerprint")]
    [InlineData("SHA256:short", "not a fingerprint")]
    [InlineData("SHA256:…", "not a fingerprint")]
    [InlineData("SHA1:AAAAAAAAAAAAAAAAAAAAAAAAAAAA", "not a fingerprint")]
    [InlineData("ssh-ed25519", "not a fingerprint")]
    public async Task A_text_that_is_no_fingerprint_is_invalid_input(string text, string expected)
    {
        database.Settings["ssh"]!["hostKeyFingerprint"] = text;
        var probe = await database.Probe();
        Assert.Equal(("ssh", FailureKind.InvalidInput), (probe.Steps[^1].Name, probe.Failure!.Kind));
        Assert.Contains("hostKeyFingerprint", probe.Failure.Message, StringComparison.Ordinal);
        Assert.Contains(expected, probe.Failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\n", " ")]
    [InlineData("\n", "\\n")]
    [InlineData("\n", "\\r\\n")]
    [InlineData("\n", "\r\n")]
    [InlineData("\n", "\r")]
    [InlineData("\n", "\n    ")]
    [InlineData("\n", "\n\n")]
    [InlineData("\n", "")]
    [InlineData("\n", " \\n ")]
    [InlineData("-----BEGIN", "\"-----BEGIN")]
    [InlineData("-----BEGIN", "\ufeff  -----BEGIN")]
    [InlineData("-----BEGIN", "Here is the key:\n-----BEGIN")]
    public async Task The_layout_of_a_private_key_does_not_matter(string from, string to)
    {
        foreach (var key in new[] { ssh.PrivateKey, ssh.LockedKey })
        {
            database.OtherCredentials["sshPrivateKey"] = key.Replace(from, to, StringComparison.Ordinal);
            database.OtherCredentials["sshPassphrase"] = key == ssh.LockedKey ? SshServer.Passphrase : "";
            Assert.Null((await database.Probe()).Failure?.Message);
        }
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(100_000)]
    [InlineData(257)]
    public async Task A_key_that_asks_for_too_many_rounds_is_rejected_at_once(int rounds)
    {
        database.OtherCredentials["sshPrivateKey"] = WithRounds(ssh.LockedKey, rounds);
        database.OtherCredentials["sshPassphrase"] = SshServer.Passphrase;
        var probe = await database.Probe();
        Assert.Equal(("ssh", FailureKind.ReauthRequired), (probe.Steps[^1].Name, probe.Failure!.Kind));
        Assert.Contains("too much work", probe.Failure.Message, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    // In OpenSSH's form the rounds of bcrypt are the four bytes after its salt of sixteen.
    private static string WithRounds(string key, int rounds)
    {
        var lines = key.Trim().Split('\n');
        var bytes = Convert.FromBase64String(string.Concat(lines[1..^1]));
        var salt = bytes.AsSpan().IndexOf("bcrypt"u8) + "bcrypt".Length + 8;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(salt + 16), rounds);
        return $"{lines[0]}\n{Convert.ToBase64String(bytes)}\n{lines[^1]}\n";
    }

    [GeneratedRegex(@"SHA256:\S+ \([\w-]+\)")]
    private static partial Regex Shown();
}
