using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;
using TransportSecurity;

namespace Connections.Hosting.RabbitMq;

/// <summary>
/// Validates the broker's certificate against the authorities in the file <c>Bus:CaFile</c>, or against those of the system.
/// </summary>
internal sealed class BrokerTrust
{
    private const string Key = "Bus:CaFile";

    private readonly ServerTrust trust;

    private BrokerTrust(X509Certificate2Collection? authorities) => trust = new ServerTrust(authorities);

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

    /// <summary>Encrypts a connection to the broker.</summary>
    /// <exception cref="System.Security.Authentication.AuthenticationException">See <see cref="Problem"/>.</exception>
    public async Task<SslStream> Connect(Stream stream, string host, CancellationToken ct) =>
        await trust.Connect(stream, host, options => options.RemoteCertificateValidationCallback = Accepts, ct);

    private bool Accepts(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        Problem = errors switch
        {
            SslPolicyErrors.None => null,
            _ when certificate is null => "There is no certificate",
            _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) => "The certificate is for another name",
            _ => "The certificate is expired, or its authority is not trusted,"
        };
        return Problem is null;
    }
}
