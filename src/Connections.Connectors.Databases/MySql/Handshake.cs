using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Connections.Connectors.Guard;
using Connections.Domain;

namespace Connections.Connectors.MySql;

/// <summary>The driver's TLS handshake, watched: how far it got, and what was wrong.</summary>
/// <param name="accepted">Once, when the certificate will do.</param>
internal sealed class Handshake(ServerCertificate certificate, bool encrypted, Action accepted)
{
    private bool seen;

    public bool Encrypted => encrypted;

    public bool Done => !encrypted || seen;

    /// <summary>Null where TLS is not to blame.</summary>
    public ConnectorResult.Failed? Failure => Done ? null : new ConnectorResult.Failed(
        FailureKind.Unavailable, certificate.Objection ?? "The TLS handshake failed: the server offers no encryption that is taken here.", Delivered.No);

    public bool Accepts(object sender, X509Certificate? presented, X509Chain? chain, SslPolicyErrors errors)
    {
        var accepts = certificate.Accepts(sender, presented, chain, errors);
        if (!accepts || seen) return accepts;
        seen = true;
        accepted();
        return true;
    }
}
