using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Connections.Connectors.MySql;

/// <summary>The certificate of this process towards the MySQL library. Its key never leaves the memory. It names no address.</summary>
internal static class LocalCertificate
{
    private static readonly X509Certificate2 Certificate = Create();
    private static readonly SslStreamCertificateContext Context = SslStreamCertificateContext.Create(Certificate, null, offline: true);

    public static bool IsShown(X509Certificate? presented) =>
        presented is X509Certificate2 shown && shown.RawDataMemory.Span.SequenceEqual(Certificate.RawDataMemory.Span);

    /// <summary>Encrypts the server's side of a connection within this process.</summary>
    public static async Task<SslStream> Accept(Stream stream, CancellationToken ct)
    {
        var tls = new SslStream(stream);
        try
        {
            await tls.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificateContext = Context, AllowTlsResume = false }, ct);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    private static X509Certificate2 Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=connections", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(9999, 12, 31, 0, 0, 0, TimeSpan.Zero));
    }
}
