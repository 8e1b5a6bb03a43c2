using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Exporter;
using TransportSecurity;

namespace Connections.Hosting.Telemetry;

/// <summary>The HTTP client to the collector. Its TLS follows <see cref="ServerTrust"/> and OpenTelemetry's settings for certificates.</summary>
internal static class CollectorClient
{
    public const string LogCategory = "Connections.Collector";
    private const string Authority = "OTEL_EXPORTER_OTLP_CERTIFICATE";
    private const string Certificate = "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE";
    private const string Key = "OTEL_EXPORTER_OTLP_CLIENT_KEY";

    /// <exception cref="HostSettingsException">A certificate file cannot be read.</exception>
    public static Action<OtlpExporterOptions, ILoggerFactory> Configure(IConfiguration configuration)
    {
        var trust = configuration[Authority] is { Length: > 0 } authorities
            ? new ServerTrust(Load(Authority, authorities, () => ImportAuthorities(authorities)))
            : ServerTrust.InSystem;
        var own = configuration[Certificate] is { Length: > 0 } certificate
            ? Load(Certificate, certificate, () => X509Certificate2.CreateFromPemFile(certificate, NullIfEmpty(configuration[Key])))
            : null;
        return (exporter, loggers) => exporter.HttpClientFactory = () =>
        {
            var handler = trust.CreateHandler(options => options.ClientCertificates = own is null ? null : [own]);
            var logged = new CollectorLog(loggers.CreateLogger(LogCategory), handler);
            return new HttpClient(logged) { Timeout = TimeSpan.FromMilliseconds(exporter.TimeoutMilliseconds) };
        };
    }

    private static X509Certificate2Collection ImportAuthorities(string file)
    {
        var found = new X509Certificate2Collection();
        found.ImportFromPemFile(file);
        return found.Count > 0 ? found : throw new CryptographicException("The file holds no certificate.");
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static T Load<T>(string key, string file, Func<T> load)
    {
        try
        {
            return load();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or CryptographicException)
        {
            throw new HostSettingsException(
                $"The file that {key} names cannot be read as a certificate in PEM: {file} ({e.GetType().Name}).");
        }
    }
}
