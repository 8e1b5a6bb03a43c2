using Connections.Domain;

namespace Connections.Connectors.Ssh;

/// <param name="Fingerprint">The fingerprint of the host key, as <c>SHA256:…</c>; null until a person has confirmed it.</param>
internal sealed record SshSettings(string Host, int Port, string User, string? Fingerprint);

/// <summary>The proof of a user at an SSH host. The key comes first where both are given, because a host may want both.</summary>
/// <param name="PrivateKey">In OpenSSH, PEM or PuTTY form.</param>
internal sealed record SshProof(string? Password, string? PrivateKey, string? Passphrase)
{
    /// <summary>The credentials of a tunnel.</summary>
    public static SshProof ForTunnel(Secret credentials) =>
        new(credentials.Field("sshPassword"), credentials.Field("sshPrivateKey"), credentials.Field("sshPassphrase"));
}
