using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Connections.Connectors.Guard;
using Connections.Domain;

namespace Connections.Connectors.MySql;

/// <summary>Observes the TLS handshake of the MySQL library: its progress and its failure.</summary>
/// <param name="accepted">Called once, when the certificate is accepted.</param>
internal sealed class Handshake(ServerCertificate certificate, bool encrypted, Action accepted)
{
    private bool seen;

    public bool Encrypted => encrypted;

    public bool Done => !encrypted || seen;

    /// <summary>Null if TLS did not fail.</summary>
    public ConnectorResult.Failed? Failure => Done ? null : new ConnectorResult.Failed(
        FailureKind.Unavailable, certificate.Objection ?? "The TLS handshake failed: the server offers no supported encryption.", Delivered.No);

    public bool Accepts(object sender, X509Certificate? presented, X509Chain? chain, SslPolicyErrors errors)
    {
        var accepts = certificate.Accepts(sender, presented, chain, errors);
        if (!accepts || seen) return accepts;
        seen = true;
        accepted();
        return true;
    }
}
