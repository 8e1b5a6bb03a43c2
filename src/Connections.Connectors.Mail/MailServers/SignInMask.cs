using System.Text;
using Connections.Connectors.Masking;
using Connections.Connectors.Pipeline;
using Connections.Domain;

namespace Connections.Connectors.MailServers;

/// <summary>
/// Masks the sign-in as AUTH PLAIN sends it. A server may repeat it, and it holds also a password that is too short to be masked alone.
/// </summary>
internal static class SignInMask
{
    public static ConnectorResult.Failed Mask(ConnectorResult.Failed failure, Secret credentials)
    {
        var sent = $"\0{MailServerSettings.User(credentials)}\0{MailServerSettings.Password(credentials)}";
        return SecretMasking.Mask(failure, new SecretMask(new SentSecret(Convert.ToBase64String(Encoding.UTF8.GetBytes(sent)))));
    }
}
