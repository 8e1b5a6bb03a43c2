using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Connections.Connectors;

/// <summary>A certificate that a server presented. The names are the server's choice: they are cut.</summary>
/// <param name="Sha256">The fingerprint, to compare with what the server's administrator names.</param>
/// <param name="Until">The end of its validity.</param>
/// <param name="Pem">The certificate itself; null for one that is unusually large.</param>
public sealed record PresentedCertificate(string Subject, string Issuer, string Sha256, DateTimeOffset Until, string? Pem)
{
    private const int Most = 5;
    private const int LongestName = 200;
    private const int LargestCertificate = 8 * 1024;

    /// <param name="server">The certificate of the server.</param>
    /// <param name="built">The chain that was built for it, with the certificates that the server sent beside it.</param>
    public static IReadOnlyList<PresentedCertificate> List(X509Certificate2 server, X509Chain built) =>
    [
        .. built.ChainPolicy.ExtraStore.Prepend(server).DistinctBy(c => c.GetCertHashString(HashAlgorithmName.SHA256)).Take(Most).Select(Create)
    ];

    private static PresentedCertificate Create(X509Certificate2 certificate) => new(
        Cut(certificate.Subject),
        Cut(certificate.Issuer),
        string.Join(':', certificate.GetCertHashString(HashAlgorithmName.SHA256).Chunk(2).Select(pair => new string(pair))),
        certificate.NotAfter.ToUniversalTime(),
        certificate.RawDataMemory.Length <= LargestCertificate ? certificate.ExportCertificatePem() : null);

    private static string Cut(string name)
    {
        var shown = string.Concat(name.Take(LongestName).Select(c => char.IsControl(c) ? ' ' : c));
        return name.Length > LongestName ? $"{shown}…" : shown;
    }
}
