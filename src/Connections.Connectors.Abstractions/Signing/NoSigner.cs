using Connections.Connectors.Masking;

namespace Connections.Connectors.Signing;

/// <summary>For APIs that need no credentials.</summary>
public sealed class NoSigner : IRequestSigner
{
    public SecretMask Mask => SecretMask.None;

    public void Sign(HttpRequestMessage request)
    {
    }
}
