using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TransportSecurity;

namespace Connections.Connectors.Guard;

/// <summary>
/// Checks a server's certificate against the typed name and the expected authority. <see cref="Objection"/> explains a rejection to people.
/// </summary>
/// <param name="host">The typed name, not the dialled address.</param>
/// <param name="chain">Whether to check the issuer: <paramref name="authority"/>, or the system's authorities if that is null.</param>
/// <param name="name">Whether the certificate must name <paramref name="host"/>.</param>
/// <param name="remedy">End of the error message for a wrong name: an alternative to changing the host.</param>
public sealed class ServerCertificate(
    string host, bool chain, bool name, X509Certificate2Collection? authority, string remedy = ", or tls \"require\" to accept any")
{
    private readonly ServerTrust trust = new(authority);

    public string? Objection { get; private set; }

    /// <summary>The chain that the server presented, if it was rejected.</summary>
    public IReadOnlyList<PresentedCertificate>? Presented { get; private set; }

    /// <summary>Parses PEM certificates. Null if the text contains none.</summary>
    public static X509Certificate2Collection? Authority(string pem)
    {
        try
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPem(pem);
            return found.Count > 0 ? found : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Encrypts a connection. The stream is closed if the handshake fails.</summary>
    public Task<SslStream> Connect(Stream stream, CancellationToken ct, params SslApplicationProtocol[] protocols) => trust.Connect(
        stream,
        host,
        options =>
        {
            options.RemoteCertificateValidationCallback = Accepts;
            if (protocols.Length > 0) options.ApplicationProtocols = [.. protocols];
        },
        ct);

    private bool Accepts(object sender, X509Certificate? presented, X509Chain? built, SslPolicyErrors errors) =>
        (Objection = Check(presented as X509Certificate2, built)) is null;

    // Compare the name here: the database drivers would compare it with the address that they dial.
    private string? Check(X509Certificate2? certificate, X509Chain? built)
    {
        if (!chain && !name) return null;
        if (certificate is null || built is null) return "The server showed no certificate.";
        if (chain && trust.Explain(built) is { } objection)
        {
            Presented = PresentedCertificate.List(certificate, built);
            return objection;
        }

        return name && !certificate.MatchesHostname(host)
            ? $"The server's certificate is not for {host}, but for {Names(certificate)}: use that name{remedy}."
            : null;
    }

    private static string Names(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(e => e.EnumerateDnsNames().Concat(e.EnumerateIPAddresses().Select(a => a.ToString())))
            .Take(5).ToList();
        return names.Count > 0 ? string.Join(", ", names) : certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
    }
}
