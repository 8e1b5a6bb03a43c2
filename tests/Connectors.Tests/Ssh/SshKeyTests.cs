using System.Formats.Asn1;
using System.Security.Cryptography;
using Connections.Connectors.Ssh;
using Renci.SshNet.Common;

namespace Connectors.Tests.Ssh;

public sealed class SshKeyTests
{
    [Theory]
    [InlineData(2_048, false)]
    [InlineData(600_000, false)]
    [InlineData(2_000_000_000, true)]
    public void The_iterations_of_a_PKCS_8_key_are_bounded(int iterations, bool tooMany) =>
        Assert.Equal(tooMany, PrivateKeyRounds.TooMany(Pkcs8("1.2.840.113549.1.5.12", iterations)));

    [Theory]
    [InlineData(16_384, false)]
    [InlineData(1 << 20, true)]
    public void The_cost_of_scrypt_is_bounded(int cost, bool tooMany) =>
        Assert.Equal(tooMany, PrivateKeyRounds.TooMany(Pkcs8("1.3.6.1.4.1.11591.4.11", cost)));

    [Theory]
    [InlineData("Argon2-Memory: 8192\nArgon2-Passes: 13\nArgon2-Parallelism: 1", false)]
    [InlineData("Argon2-Memory: 100000000\nArgon2-Passes: 13", true)]
    [InlineData("Argon2-Memory: 8192\nArgon2-Passes: 4000000000", true)]
    [InlineData("Argon2-Memory: 99999999999999999999", true)]
    public void The_work_of_a_PuTTY_key_is_bounded(string lines, bool tooMany) =>
        Assert.Equal(tooMany, PrivateKeyRounds.TooMany($"PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: aes256-cbc\n{lines}\n"));

    [Fact]
    public void A_key_in_the_old_encrypted_form_keeps_its_headers()
    {
        const string key = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0A1B2C3D4E5F60718293A4B5C6D7E8F9\n\nAAAA\n-----END RSA PRIVATE KEY-----\n";
        Assert.Equal(key, PrivateKeyText.Restore(key));
        Assert.Equal(key, PrivateKeyText.Restore(key.Replace('\n', ' ')));
        Assert.Equal(key, PrivateKeyText.Restore(key.Replace("\n", "\\n", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_damaged_key_is_not_judged() => Assert.False(PrivateKeyRounds.TooMany("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n"));

    [Fact]
    public void One_hidden_prompt_is_answered_with_the_password()
    {
        AuthenticationPrompt[] prompts = [new(0, false, "Password: ")];
        SshAuthentication.Answer(prompts, "secret");
        Assert.Equal("secret", prompts[0].Response);
        SshAuthentication.Answer([], "secret");
    }

    [Fact]
    public void Other_prompts_never_get_the_password()
    {
        AuthenticationPrompt[] shown = [new(0, true, "User: ")];
        AuthenticationPrompt[] two = [new(0, false, "Password: "), new(1, false, "Code: ")];
        foreach (var prompts in new[] { shown, two })
        {
            Assert.Throws<SshAuthenticationException>(() => SshAuthentication.Answer(prompts, "secret"));
            Assert.All(prompts, p => Assert.Null(p.Response));
        }
    }

    private static string Pkcs8(string kdf, int work)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.2.840.113549.1.5.13");
                using (writer.PushSequence())
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(kdf);
                    using (writer.PushSequence())
                    {
                        writer.WriteOctetString(new byte[8]);
                        writer.WriteInteger(work);
                    }
                }
            }

            writer.WriteOctetString(new byte[16]);
        }

        return PemEncoding.WriteString("ENCRYPTED PRIVATE KEY", writer.Encode());
    }
}
