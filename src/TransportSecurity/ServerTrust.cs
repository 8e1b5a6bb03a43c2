using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TransportSecurity;

/// <summary>
/// The rules by which every TLS client of the service checks a server's certificate. A chain is built from what the server sent, what was
/// given and what this machine has. Nothing that a certificate names (its issuer, a revocation list, an OCSP responder) is fetched: such an
/// address is chosen by the server.
/// </summary>
/// <param name="authorities">The root certificates to trust, with intermediates; those of the system if null.</param>
public sealed class ServerTrust(X509Certificate2Collection? authorities)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>Trust in the authorities of the system.</summary>
    public static ServerTrust InSystem { get; } = new(null);

    /// <summary>Puts the rules into the options of a TLS client. Set the certificates of the client before.</summary>
    public void Apply(SslClientAuthenticationOptions options)
    {
        options.CertificateRevocationCheckMode = X509RevocationMode.NoCheck;
        options.CertificateChainPolicy = CreatePolicy();
        if (options.ClientCertificates is not { Count: > 0 } own || own[0] is not X509Certificate2 { HasPrivateKey: true } first) return;
        // Without a context, the platform fetches the issuer of the client's certificate.
        options.ClientCertificateContext = SslStreamCertificateContext.Create(
            first, [.. own.OfType<X509Certificate2>().Skip(1)], offline: true);
        options.ClientCertificates = null;
    }

    /// <summary>Creates a handler whose TLS connections follow the rules.</summary>
    /// <param name="configure">Sets further TLS options, such as the certificates of the client.</param>
    public SocketsHttpHandler CreateHandler(Action<SslClientAuthenticationOptions>? configure = null)
    {
        var options = new SslClientAuthenticationOptions();
        configure?.Invoke(options);
        Apply(options);
        return new SocketsHttpHandler { SslOptions = options };
    }

    /// <summary>Encrypts a connection. The stream is closed if the handshake fails.</summary>
    /// <param name="configure">Sets further options, such as the validation of the name.</param>
    public async Task<SslStream> Connect(
        Stream stream, string host, Action<SslClientAuthenticationOptions>? configure, CancellationToken ct)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = host };
        configure?.Invoke(options);
        Apply(options);
        var tls = new SslStream(stream);
        try
        {
            await tls.AuthenticateAsClientAsync(options, ct);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    /// <summary>The fault of a chain that was built by these rules, for people. Null if the chain is valid.</summary>
    public string? Explain(X509Chain chain) => ChainFault.Explain(chain, authorities);

    private X509ChainPolicy CreatePolicy()
    {
        var policy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck };
        policy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        if (authorities is null) return policy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }
}
