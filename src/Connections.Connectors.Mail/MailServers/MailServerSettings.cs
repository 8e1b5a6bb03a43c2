using System.Globalization;
using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Guard;
using Connections.Domain;

namespace Connections.Connectors.MailServers;

/// <summary>The address of a mail server, and how a connection to it is encrypted.</summary>
internal sealed record MailServerSettings(string Host, int Port, bool StartsTls, string? CaCertificate)
{
    /// <param name="ports">The default ports of the protocol.</param>
    public static MailServerSettings Parse(JsonElement settings, MailPorts ports)
    {
        var startsTls = Json.Text(settings, "security") == MailForm.StartTls;
        var host = Json.Text(settings, "host");
        return new MailServerSettings(
            HostName.Parse(host, out _)?.Name ?? host?.ToLowerInvariant() ?? "",
            Json.Number(settings, "port") is { } port ? (int)port : startsTls ? ports.StartTls : ports.Tls,
            startsTls,
            Json.Text(settings, "caCertificate"));
    }

    public string Target(string scheme) => $"{scheme}://{Host}:{Port.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>The account as derived from the form.</summary>
    public Account Account(Secret credentials) => new(null, $"{User(credentials)} on {Host}", "address");

    /// <summary>The identity of the account. The port is no part of it: a server has several.</summary>
    public AccountIdentity Identity(Secret credentials) => new("address", JsonSerializer.Serialize((string[])[Host, User(credentials)]));

    public static string User(Secret credentials) => credentials.Field("username") ?? "";
}

/// <summary>The default ports of a protocol, for TLS at once and for STARTTLS.</summary>
internal sealed record MailPorts(int Tls, int StartTls);
