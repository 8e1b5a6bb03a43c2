using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;

namespace Connections.Hosting.RabbitMq;

/// <summary>
/// Validates the broker's certificate against the authorities in the file <c>Bus:CaFile</c>, or against those of the system.
/// </summary>
internal sealed class BrokerTrust
{
    private const string Key = "Bus:CaFile";

    private readonly X509Certificate2Collection? authorities;

    private BrokerTrust(X509Certificate2Collection? authorities) => this.authorities = authorities;

    /// <summary>The problem of the last certificate; null when it was valid, or no certificate was checked yet.</summary>
    public string? Problem { get; private set; }

    /// <exception cref="HostSettingsException">The file cannot be read, or holds no certificate.</exception>
    public static BrokerTrust From(IConfiguration configuration)
    {
        if (configuration[Key] is not { Length: > 0 } file) return new BrokerTrust(null);
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or CryptographicException)
        {
            throw new HostSettingsException($"The file that {Key} names cannot be read: {file} ({e.GetType().Name}).");
        }

        return authorities.Count > 0
            ? new BrokerTrust(authorities)
            : throw new HostSettingsException($"The file that {Key} names holds no certificate in PEM: {file}.");
    }

    public bool Accepts(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        Problem = (certificate as X509Certificate2) switch
        {
            null => "There is no certificate",
            _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) => "The certificate is for another name",
            { } shown when !IsTrusted(shown, chain, errors) => "The certificate is expired, or its authority is not trusted,",
            _ => null
        };
        return Problem is null;
    }

    private bool IsTrusted(X509Certificate2 shown, X509Chain? chain, SslPolicyErrors errors)
    {
        if (authorities is null) return errors == SslPolicyErrors.None;
        using var ours = new X509Chain();
        ours.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        ours.ChainPolicy.CustomTrustStore.AddRange(authorities);
        ours.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // .NET's default for clients, and so the same as without the file
        ours.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1")); // server authentication
        if (chain is not null) ours.ChainPolicy.ExtraStore.AddRange(chain.ChainPolicy.ExtraStore);
        return ours.Build(shown);
    }
}
