using System.Security.Cryptography.X509Certificates;

namespace TransportSecurity;

/// <summary>Explains why a chain is not valid. The names in certificates are the server's choice: they are cut.</summary>
internal static class ChainFault
{
    private const int MaxNameLength = 200;
    private const int MaxIntermediates = 3;

    private const X509ChainStatusFlags UnknownIssuer =
        X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.NotSignatureValid;

    public static string? Explain(X509Chain chain, X509Certificate2Collection? authorities)
    {
        var faults = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status);
        if (faults == X509ChainStatusFlags.NoError) return null;
        if (faults.HasFlag(X509ChainStatusFlags.NotTimeValid)) return OutOfDate(chain);
        if ((faults & UnknownIssuer) != 0) return Issued(chain, faults, authorities);
        return faults.HasFlag(X509ChainStatusFlags.NotValidForUsage)
            ? "The server's certificate is not for servers: its extended key usage lacks server authentication."
            : $"The chain of the server's certificate is not valid ({faults}): its administrator must replace it.";
    }

    private static string OutOfDate(X509Chain chain)
    {
        var element = chain.ChainElements.First(e => e.ChainElementStatus.Any(s => s.Status == X509ChainStatusFlags.NotTimeValid));
        var certificate = element.Certificate;
        var period = $"is valid from {certificate.NotBefore:yyyy-MM-dd} to {certificate.NotAfter:yyyy-MM-dd} only";
        return element == chain.ChainElements[0]
            ? $"The server's certificate {period}: it has expired or is not valid yet."
            : $"The CA certificate {Quote(certificate.Subject)} in the server's chain {period}: it has expired or is not valid yet. "
                + "Replace it at the server, or where it was given.";
    }

    private static string Issued(X509Chain chain, X509ChainStatusFlags faults, X509Certificate2Collection? authorities)
    {
        var last = chain.ChainElements[^1].Certificate;
        var issuer = Quote(last.Issuer);
        var intermediates = chain.ChainElements.Skip(1).Select(e => e.Certificate).Where(c => c.Issuer != c.Subject);
        var through = string.Join(", ", intermediates.Take(MaxIntermediates).Select(c => Quote(c.Subject)));
        var issued = $"The server's certificate was issued by {issuer}{(through.Length > 0 ? $" (through {through})" : "")}";
        if (authorities is null) return $"{issued}, which this service does not know. {Remedy(faults, issuer)}";
        if (authorities.Any(a => a.RawDataMemory.Span.SequenceEqual(last.RawDataMemory.Span) && a.Issuer != a.Subject))
            return $"{issued}. The CA certificate given, {Quote(last.Subject)}, is not a root: give the certificate of {issuer} too.";
        var roots = authorities.Where(a => a.Subject == a.Issuer).ToList();
        return roots.Any(r => r.Subject == last.Issuer)
            ? $"{issued}, not by the CA certificate given: that one has the same name, but another key. Give the one that this server uses."
            : $"{issued}, not by the CA certificate given ({Quote(roots.FirstOrDefault()?.Subject ?? "no root")}). {Remedy(faults, issuer)}";
    }

    private static string Remedy(X509ChainStatusFlags faults, string issuer) =>
        faults.HasFlag(X509ChainStatusFlags.PartialChain)
            ? $"Either the server does not send its whole chain (the certificate of {issuer} is missing: its administrator must add it), "
                + $"or {issuer} is a root: then give its certificate as CA certificate, or add it to those of this service's system."
            : $"If you trust {issuer}, give its certificate as CA certificate, or add it to those of this service's system.";

    private static string Quote(string name)
    {
        var shown = string.Concat(name.Take(MaxNameLength).Select(c => char.IsControl(c) ? ' ' : c));
        return name.Length > MaxNameLength ? $"\"{shown}…\"" : $"\"{shown}\"";
    }
}
