using System.Text;
using Connections.Connectors.Ssh;
using Fuzz.Tests.Harness;

namespace Fuzz.Tests.Targets;

/// <summary>Keys and fingerprints of SSH as people paste them.</summary>
internal static class SshTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("ssh-key",
            [Key("OPENSSH PRIVATE KEY", [.. "openssh-key-v1\0"u8, 0, 0, 0, 10, .. "aes256-ctr"u8, 0, 0, 0, 6, .. "bcrypt"u8, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 16]),
                Key("ENCRYPTED PRIVATE KEY", [0x30, 0x0A, 0x30, 0x08, 0x06, 0x01, 0x2A, 0x02, 0x03, 0x01, 0x00, 0x01]),
                Key("ENCRYPTED PRIVATE KEY", [.. Enumerable.Repeat((byte[])[0x30, 0x80], 10_000).SelectMany(b => b)]),
                "PuTTY-User-Key-File-3: ssh-ed25519\nKey-Derivation: Argon2id\nArgon2-Memory: 8192\nArgon2-Passes: 13\n"u8.ToArray()],
            ["-----BEGIN X-----", "-----END X-----", "\\n", "Proc-Type: 4,ENCRYPTED DEK-Info: AES-128-CBC,AB", "Argon2-Memory: ", "99999999999999999999"],
            input =>
            {
                var restored = PrivateKeyText.Restore(Encoding.UTF8.GetString(input));
                _ = (PrivateKeyText.Decode(restored), PrivateKeyRounds.TooMany(restored));
                return Task.CompletedTask;
            }),
        new("ssh-fingerprint",
            ["SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU (ssh-ed25519)"u8.ToArray(),
                "256 SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU host (ED25519)"u8.ToArray(),
                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0"u8.ToArray(), "16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48"u8.ToArray()],
            ["ssh-rsa AAAA", "SHA256:", "(", "ecdsa-sha2-"],
            input =>
            {
                var parsed = HostKeyFingerprint.Parse(Encoding.UTF8.GetString(input), out var problem);
                if (parsed is null == problem is null) throw new InvalidOperationException("There must be a fingerprint or a problem.");
                return Task.CompletedTask;
            })
    ];

    private static byte[] Key(string name, byte[] bytes) =>
        Encoding.ASCII.GetBytes($"-----BEGIN {name}-----\n{Convert.ToBase64String(bytes)}\n-----END {name}-----\n");
}
