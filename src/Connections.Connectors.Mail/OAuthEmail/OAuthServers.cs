using System.Collections.Concurrent;
using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Guard;
using Connections.Connectors.MailServers;
using Connections.Connectors.OAuth;
using Connections.Connectors.Smtp;

namespace Connections.Connectors.OAuthEmail;

/// <summary>
/// The provider's two servers, as the settings of the connector <c>email</c>. The operator may replace them:
/// <c>OAuth:google-email:Imap</c>, <c>Smtp</c>, and <c>CaFile</c> with the certificate of a CA that is not public.
/// </summary>
internal sealed class OAuthServers
{
    private readonly ConcurrentDictionary<string, string> authorities = new(StringComparer.Ordinal);

    /// <param name="user">The user name of the mailbox; null if only the servers matter.</param>
    /// <exception cref="OAuthSettingsException">An address, or the file, cannot be used.</exception>
    public JsonElement Settings(OAuthApplication application, OAuthDefinition definition, JsonElement settings, string? user) =>
        Json.Object(writer =>
        {
            foreach (var protocol in (string[])["imap", "smtp"])
            {
                var address = application.Fill($"{{{protocol}}}", definition);
                if (!Uri.TryCreate(address, UriKind.Absolute, out var server) || server.Host.Length == 0 || server.Port <= 0
                    || (server.Scheme != protocol && server.Scheme != $"{protocol}s"))
                    throw new OAuthSettingsException($"The address of the {protocol.ToUpperInvariant()} server must be "
                        + $"{protocol}s://host:port (TLS) or {protocol}://host:port (STARTTLS): {address}.");
                writer.WriteString($"{protocol}Host", server.IdnHost);
                writer.WriteNumber($"{protocol}Port", server.Port);
                writer.WriteString($"{protocol}Security", server.Scheme == protocol ? MailForm.StartTls : MailForm.Tls);
            }

            if (application.Value("caFile") is { } file) writer.WriteString("caCertificate", authorities.GetOrAdd(file, Read));
            if ((Json.Given(settings, SmtpEntry.SenderAddress) ?? user) is { } sender) writer.WriteString(SmtpEntry.SenderAddress, sender);
            if (Json.Given(settings, SmtpEntry.SenderName) is { } name) writer.WriteString(SmtpEntry.SenderName, name);
        });

    private static string Read(string file)
    {
        try
        {
            var pem = File.ReadAllText(file);
            return ServerCertificate.Authority(pem) is not null
                ? pem : throw new OAuthSettingsException($"The CaFile {file} is not a certificate in PEM form.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new OAuthSettingsException($"Cannot read the CaFile {file} ({e.GetType().Name}).");
        }
    }
}
