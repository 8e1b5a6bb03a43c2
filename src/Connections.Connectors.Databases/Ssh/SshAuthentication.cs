using System.Text;
using Connections.Connectors.Databases;
using Connections.Domain;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace Connections.Connectors.Ssh;

/// <summary>With what an SSH host is entered, and what its refusals mean.</summary>
internal static class SshAuthentication
{
    public static (AuthenticationMethod? Method, ConnectorResult.Failed? Failure) Create(SshSettings ssh, Secret credentials)
    {
        if (ssh.User.Length == 0) return (null, Wrong(FailureKind.InvalidInput, "The SSH tunnel needs a user."));
        if (credentials.Field("sshPrivateKey") is { Length: > 0 } key) return FromKey(ssh, key, credentials.Field("sshPassphrase"));
        return credentials.Field("sshPassword") is { Length: > 0 } password
            ? (new PasswordAuthenticationMethod(ssh.User, password), null)
            : (null, Wrong(FailureKind.ReauthRequired, "The SSH tunnel needs a password or a private key."));
    }

    /// <param name="seen">The fingerprint that the host showed, if it got so far.</param>
    public static ConnectorResult.Failed Failure(SshSettings ssh, Exception e, string? seen, bool trusted, bool over) => e switch
    {
        OperationCanceledException when over =>
            new(FailureKind.Timeout, "The time was over while signing in to the SSH host.", Delivered.No),
        _ when seen is not null && !trusted && ssh.Fingerprint is null => Wrong(
            FailureKind.InvalidInput,
            $"The SSH host {ssh.Host} showed the key {seen}. "
            + "Compare it with what its administrator names; if it is the same, give it as hostKeyFingerprint."),
        _ when seen is not null && !trusted => Wrong(
            FailureKind.ReauthRequired,
            $"The SSH host {ssh.Host} showed another key than the one confirmed: {seen}. Its key was replaced, or somebody stands in between: "
            + "ask its administrator before you confirm it as hostKeyFingerprint."),
        SshAuthenticationException => Wrong(
            FailureKind.ReauthRequired, $"The SSH host {ssh.Host} does not let {ssh.User} in: its password or key is not taken."),
        _ => new(FailureKind.Unavailable, $"What listens at {ssh.Host}, port {ssh.Port}, does not answer as an SSH host does.", Delivered.No)
    };

    private static (AuthenticationMethod? Method, ConnectorResult.Failed? Failure) FromKey(SshSettings ssh, string key, string? passphrase)
    {
        try
        {
            using var file = new MemoryStream(Encoding.UTF8.GetBytes(key.ReplaceLineEndings("\n").TrimEnd() + "\n"));
            return (new PrivateKeyAuthenticationMethod(ssh.User, new PrivateKeyFile(file, string.IsNullOrEmpty(passphrase) ? null : passphrase)), null);
        }
        catch (SshPassPhraseNullOrEmptyException)
        {
            return (null, Wrong(FailureKind.ReauthRequired, "The SSH private key is encrypted: its passphrase is needed."));
        }
        catch (Exception e) when (e is not OutOfMemoryException) // each format fails in ways of its own
        {
            return (null, Wrong(
                FailureKind.ReauthRequired, "The SSH private key cannot be read: it is no private key, or its passphrase is another."));
        }
    }

    private static ConnectorResult.Failed Wrong(FailureKind kind, string message) => new(kind, message, Delivered.No, Answered: true);
}
