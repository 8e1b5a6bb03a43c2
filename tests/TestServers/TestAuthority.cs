using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TestServers;

/// <summary>A certificate authority: a root, or an intermediate below another authority.</summary>
public sealed class TestAuthority : IDisposable
{
    private static readonly DateTimeOffset From = TimeProvider.System.GetUtcNow().AddYears(-2);
    private readonly X509Certificate2 certificate;

    /// <summary>Creates a root.</summary>
    public TestAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        certificate = Request(name, key, isAuthority: true).CreateSelfSigned(From, From.AddYears(10));
    }

    private TestAuthority(X509Certificate2 certificate) => this.certificate = certificate;

    /// <summary>
    /// The address of the issuer, the revocation list and the OCSP responder in the certificates that this authority issues. Without it
    /// they name none.
    /// </summary>
    public string? Sources { get; set; }

    /// <summary>Whether issued certificates contain the identifier of this authority's key.</summary>
    public bool NamesItsKey { get; set; }

    public string Pem => certificate.ExportCertificatePem();

    public byte[] Der => certificate.RawData;

    public string Subject => certificate.Subject;

    /// <param name="isAuthority">False for a certificate that must not issue others.</param>
    public TestAuthority Intermediate(string name, bool expired = false, bool isAuthority = true)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var issued = Create(Request(name, key, isAuthority), expired);
        return new TestAuthority(issued.CopyWithPrivateKey(key)) { Sources = Sources };
    }

    /// <summary>Issues a certificate for a name or address, and returns it with its key as PEM.</summary>
    public (string Certificate, string Key) Issue(string name, bool expired = false, string? usage = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request(name, key, isAuthority: false);
        var alternatives = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address)) alternatives.AddIpAddress(address);
        else alternatives.AddDnsName(name);
        request.CertificateExtensions.Add(alternatives.Build());
        if (usage is not null) request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        using var issued = Create(request, expired);
        return (issued.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>The certificate of the authority itself, with its key as PEM.</summary>
    public (string Certificate, string Key) Export()
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        return (Pem, key.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose() => certificate.Dispose();

    private static CertificateRequest Request(string name, ECDsa key, bool isAuthority)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request;
    }

    private X509Certificate2 Create(CertificateRequest request, bool expired)
    {
        if (NamesItsKey)
            request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(certificate, true, false));
        if (Sources is { } address)
        {
            request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension([$"{address}/ocsp"], [$"{address}/issuer.crt"]));
            string[] lists = [$"{address}/revoked.crl"];
            request.CertificateExtensions.Add(CertificateRevocationListBuilder.BuildCrlDistributionPointExtension(lists));
        }

        // This overload does not check the issuer: tests need certificates that a correct authority does not issue.
        using var key = certificate.GetECDsaPrivateKey()!;
        var signer = X509SignatureGenerator.CreateForECDsa(key);
        return request.Create(certificate.SubjectName, signer, From, From.AddYears(expired ? 1 : 9), RandomNumberGenerator.GetBytes(8));
    }
}
