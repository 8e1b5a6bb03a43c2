using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Connections.Connectors.Guard;

/// <summary>
/// Judges a server's certificate against the typed name and the wanted authority, and keeps its objection in words a person can act on.
/// </summary>
/// <param name="host">The name that was typed, not the address that is dialled.</param>
/// <param name="chain">Whether the issuer must be known: <paramref name="authority"/>, or the system's where there is none.</param>
/// <param name="name">Whether the certificate must be for <paramref name="host"/>.</param>
/// <param name="remedy">What else one can do about another name.</param>
public sealed class ServerCertificate(
    string host, bool chain, bool name, X509Certificate2Collection? authority, string remedy = ", or tls \"require\" to accept any")
{
    public string? Objection { get; private set; }

    /// <summary>Null where the text holds no certificate.</summary>
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

    public void Apply(SslClientAuthenticationOptions options)
    {
        options.TargetHost = host;
        options.CertificateRevocationCheckMode = X509RevocationMode.NoCheck;
        options.RemoteCertificateValidationCallback = Accepts;
    }

    public bool Accepts(object sender, X509Certificate? presented, X509Chain? built, SslPolicyErrors errors) =>
        (Objection = Object(presented)) is null;

    // the name is compared here: drivers would compare with the address that they dial
    private string? Object(X509Certificate? presented)
    {
        if (!chain && !name) return null;
        if (presented is null) return "The server showed no certificate.";
        var certificate = presented as X509Certificate2 ?? X509CertificateLoader.LoadCertificate(presented.GetRawCertData());
        if (chain && ChainObjection(certificate) is { } objection) return objection;
        return name && !certificate.MatchesHostname(host)
            ? $"The server's certificate is not for {host}, but for {Names(certificate)}: use that name{remedy}."
            : null;
    }

    private string? ChainObjection(X509Certificate2 certificate)
    {
        using var built = new X509Chain();
        built.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (authority is not null)
        {
            built.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            built.ChainPolicy.CustomTrustStore.AddRange(authority);
        }

        if (built.Build(certificate)) return null;
        var status = built.ChainStatus.Select(s => s.Status).ToList();
        if (status.Contains(X509ChainStatusFlags.NotTimeValid))
            return $"The server's certificate is valid from {certificate.NotBefore:yyyy-MM-dd} to {certificate.NotAfter:yyyy-MM-dd} only: "
                + "it has expired or is not valid yet.";
        return authority is null
            ? $"The server's certificate was issued by \"{certificate.Issuer}\", which is not known here: give its CA certificate."
            : $"The server's certificate was issued by \"{certificate.Issuer}\", not by the CA certificate given.";
    }

    private static string Names(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(e => e.EnumerateDnsNames().Concat(e.EnumerateIPAddresses().Select(a => a.ToString())))
            .Take(5).ToList();
        return names.Count > 0 ? string.Join(", ", names) : certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
    }
}
