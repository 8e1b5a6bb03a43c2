using System.Text;
using Connections.Connectors.Databases;
using Connections.Domain;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace Connections.Connectors.Ssh;

/// <summary>Creates the SSH authentication method and converts SSH failures.</summary>
internal static class SshAuthentication
{
    public static (AuthenticationMethod? Method, ConnectorResult.Failed? Failure) Create(SshSettings ssh, Secret credentials)
    {
        if (ssh.User.Length == 0) return (null, Rejected(FailureKind.InvalidInput, "The SSH tunnel requires a user."));
        if (credentials.Field("sshPrivateKey") is { Length: > 0 } key) return FromKey(ssh, key, credentials.Field("sshPassphrase"));
        return credentials.Field("sshPassword") is { Length: > 0 } password
            ? (new PasswordAuthenticationMethod(ssh.User, password), null)
            : (null, Rejected(FailureKind.ReauthRequired, "The SSH tunnel requires a password or a private key."));
    }

    /// <param name="seen">The fingerprint that the host presented; null if it presented none.</param>
    public static ConnectorResult.Failed Failure(SshSettings ssh, Exception e, string? seen, bool trusted, bool timedOut) => e switch
    {
        OperationCanceledException when timedOut =>
            new(FailureKind.Timeout, "The timeout passed while signing in to the SSH host.", Delivered.No),
        _ when seen is not null && !trusted && ssh.Fingerprint is null => Rejected(
            FailureKind.InvalidInput,
            $"The SSH host {ssh.Host} presented the key {seen}. "
            + "Compare it with the fingerprint from the host's administrator; if they match, enter it as hostKeyFingerprint."),
        _ when seen is not null && !trusted => Rejected(
            FailureKind.ReauthRequired,
            $"The SSH host {ssh.Host} presented another key than the confirmed one: {seen}. The host's key was replaced, or the connection is intercepted: "
            + "ask its administrator before you confirm it as hostKeyFingerprint."),
        SshAuthenticationException => Rejected(
            FailureKind.ReauthRequired, $"The SSH host {ssh.Host} rejects the password or key of {ssh.User}."),
        _ => new(FailureKind.Unavailable, $"The server at {ssh.Host}, port {ssh.Port}, does not respond like an SSH host.", Delivered.No)
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
            return (null, Rejected(FailureKind.ReauthRequired, "The SSH private key is encrypted: its passphrase is required."));
        }
        catch (Exception e) when (e is not OutOfMemoryException) // each key format fails with different exceptions
        {
            return (null, Rejected(
                FailureKind.ReauthRequired, "The SSH private key cannot be read: it is not a private key, or the passphrase is wrong."));
        }
    }

    private static ConnectorResult.Failed Rejected(FailureKind kind, string message) => new(kind, message, Delivered.No, Answered: true);
}
