using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TestServers;

/// <summary>A test certificate authority that issues server certificates.</summary>
public sealed class TestCertificates : IDisposable
{
    private static readonly DateTimeOffset From = TimeProvider.System.GetUtcNow().AddYears(-2);
    private readonly X509Certificate2 authority;

    public TestCertificates(string name = "Test CA")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        authority = request.CreateSelfSigned(From, From.AddYears(10));
    }

    public string AuthorityPem => authority.ExportCertificatePem();

    /// <summary>Issues a certificate for names or addresses, and returns it with its key as PEM.</summary>
    public (string Certificate, string Key) Issue(bool expired, params string[] names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={names[0]}", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address)) alternatives.AddIpAddress(address);
            else alternatives.AddDnsName(name);
        }

        request.CertificateExtensions.Add(alternatives.Build());
        using var issued = request.Create(authority, From, From.AddYears(expired ? 1 : 9), RandomNumberGenerator.GetBytes(8));
        return (issued.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose() => authority.Dispose();
}
