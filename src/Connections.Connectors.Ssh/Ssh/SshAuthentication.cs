using System.Text;
using Connections.Domain;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace Connections.Connectors.Ssh;

/// <summary>Creates the SSH authentication methods and converts SSH failures.</summary>
internal static class SshAuthentication
{
    /// <summary>The methods for one attempt, in the order in which they are tried.</summary>
    public static (AuthenticationMethod[] Methods, ConnectorResult.Failed? Failure) Create(SshSettings ssh, SshProof proof)
    {
        if (ssh.User.Length == 0) return ([], Rejected(FailureKind.InvalidInput, "The SSH host requires a user."));
        AuthenticationMethod[] byPassword = proof.Password is { Length: > 0 } password ? FromPassword(ssh, password) : [];
        if (proof.PrivateKey is { Length: > 0 } key)
        {
            var byKey = FromKey(ssh, key, proof.Passphrase);
            return byKey.Failure is null ? ([.. byKey.Methods, .. byPassword], null) : byKey;
        }

        return byPassword.Length > 0
            ? (byPassword, null)
            : ([], Rejected(FailureKind.ReauthRequired, "The SSH host requires a password or a private key."));
    }

    /// <param name="seen">The fingerprint that the host presented; null if it presented none.</param>
    public static ConnectorResult.Failed Failure(SshSettings ssh, Exception e, string? seen, bool trusted, bool timedOut) => e switch
    {
        _ when timedOut =>
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

    /// <summary>
    /// Answers the prompts of a host that asks for the password in a dialogue: one prompt whose answer is not shown. Others, as for a second
    /// factor, cannot be answered.
    /// </summary>
    public static void Answer(IReadOnlyList<AuthenticationPrompt> prompts, string password)
    {
        if (prompts.Count == 0) return;
        if (prompts is not [{ IsEchoed: false } prompt]) throw new SshAuthenticationException("The host asks for more than a password.");
        prompt.Response = password;
    }

    // A rejected password is sent only once: the dialogue is for hosts that do not take it directly.
    private static AuthenticationMethod[] FromPassword(SshSettings ssh, string password)
    {
        var direct = new PasswordAuthenticationMethod(ssh.User, password);
        var dialogue = new KeyboardInteractiveAuthenticationMethod(ssh.User);
        var answered = false;
        dialogue.AuthenticationPrompt += (_, e) =>
        {
            if (e.Prompts.Count > 0 && (answered || direct.AllowedAuthentications is not null))
                throw new SshAuthenticationException("The host rejects the password.");
            answered |= e.Prompts.Count > 0;
            Answer(e.Prompts, password);
        };
        return [direct, dialogue];
    }

    private static (AuthenticationMethod[] Methods, ConnectorResult.Failed? Failure) FromKey(SshSettings ssh, string key, string? passphrase)
    {
        var restored = PrivateKeyText.Restore(key);
        if (PrivateKeyRounds.TooMany(restored)) return ([], Rejected(
            FailureKind.ReauthRequired,
            "The SSH private key asks for too much work to check its passphrase: save it again with at most "
            + $"{PrivateKeyRounds.MaxBcrypt} rounds (ssh-keygen -p -a 100)."));
        try
        {
            using var file = new MemoryStream(Encoding.UTF8.GetBytes(restored));
            return ([new PrivateKeyAuthenticationMethod(ssh.User, new PrivateKeyFile(file, string.IsNullOrEmpty(passphrase) ? null : passphrase))], null);
        }
        catch (SshPassPhraseNullOrEmptyException)
        {
            return ([], Rejected(FailureKind.ReauthRequired, "The SSH private key is encrypted: its passphrase is required."));
        }
        catch (Exception e) when (e is not OutOfMemoryException) // each key format fails with different exceptions
        {
            return ([], Rejected(
                FailureKind.ReauthRequired, "The SSH private key cannot be read: it is not a private key, or the passphrase is wrong."));
        }
    }

    private static ConnectorResult.Failed Rejected(FailureKind kind, string message) => new(kind, message, Delivered.No, Answered: true);
}
