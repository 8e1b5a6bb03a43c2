using Connections.Connectors.Masking;
using Connections.Connectors.Signing;

namespace Connections.Connectors.Drives;

/// <summary>For the address of an upload session, which is itself the secret. The access token is not sent there.</summary>
internal sealed class SessionSigner(Uri address) : IRequestSigner
{
    public SecretMask Mask { get; } = new(new SentSecret(address.OriginalString), new SentSecret(address.PathAndQuery));

    public void Sign(HttpRequestMessage request)
    {
    }
}
