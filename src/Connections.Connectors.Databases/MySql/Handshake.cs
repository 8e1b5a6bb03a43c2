using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Connections.Connectors.Databases;
using Connections.Connectors.Guard;
using Connections.Domain;

namespace Connections.Connectors.MySql;

/// <summary>
/// The TLS handshake with the server, in place of the MySQL library's own: the library has no option that keeps the platform from fetching
/// what a certificate names. The library encrypts to this process, because it sends some passwords over TLS only.
/// </summary>
/// <param name="accepted">Called once, when the certificate is accepted.</param>
internal sealed class Handshake(ServerCertificate certificate, bool encrypted, Action accepted)
{
    private const int EncryptionRequestBytes = 32;
    private bool seen;

    public bool Encrypted => encrypted;

    public bool Done => !encrypted || seen;

    /// <summary>Null if TLS did not fail.</summary>
    public ConnectorResult.Failed? Failure => Done ? null : new ConnectorResult.Failed(
        FailureKind.Unavailable, certificate.Objection ?? "The TLS handshake failed: the server offers no supported encryption.", Delivered.No);

    /// <summary>Encrypts both sides of a connection that the library has opened through the relay.</summary>
    /// <param name="greeting">The server's greeting, if it was already read.</param>
    public async Task<RelayStreams> Encrypt(RelayStreams plain, ReadOnlyMemory<byte> greeting, CancellationToken ct)
    {
        await plain.Near.WriteAsync(greeting.IsEmpty ? await MySqlGreeting.ReadPacket(plain.Far, ct) : greeting, ct);
        var request = await MySqlGreeting.ReadPacket(plain.Near, ct);
        if (request.Length != MySqlGreeting.HeaderBytes + EncryptionRequestBytes)
            throw new IOException("The library did not ask for encryption.");
        await plain.Far.WriteAsync(request, ct);
        var far = await certificate.Connect(plain.Far, ct);
        if (!seen) accepted();
        seen = true;
        return new RelayStreams(await LocalCertificate.Accept(plain.Near, ct), far);
    }

    /// <summary>Accepts only the certificate of this process.</summary>
    public static bool Accepts(object sender, X509Certificate? presented, X509Chain? chain, SslPolicyErrors errors) =>
        LocalCertificate.IsShown(presented);
}
