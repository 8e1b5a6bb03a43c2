using Connections.Connectors.Catalogue;

namespace Connections.Connectors.MailServers;

/// <summary>The fields that the forms of all mail servers share.</summary>
internal static class MailForm
{
    public const string Tls = "tls";
    public const string StartTls = "starttls";

    /// <param name="example">The name of a server.</param>
    public static IReadOnlyList<FormField> Server(MailPorts ports, string example) =>
    [
        new("host", "Host", "string", true, false,
            "The server's name, as your mail provider shows it in its instructions for mail programs.", example, MaxBytes: 1024),
        new("port", "Port", "integer", false, false,
            $"Empty: {ports.Tls} with tls, {ports.StartTls} with starttls.", ports.Tls, Minimum: 1, Maximum: 65535),
        new("security", "Encryption", "string", false, false,
            "tls: encrypted from the start. starttls: encrypted after a first exchange, and always before the sign-in. "
            + "The certificate must be valid for this host.",
            Tls, Tls, [Tls, StartTls]),
        new("caCertificate", "CA certificate", "text", false, false,
            "The CA certificate (PEM) that issued the server's certificate, if the CA is not a public one.",
            "-----BEGIN CERTIFICATE-----…", MaxBytes: 64 * 1024)
    ];

    public static IReadOnlyList<FormField> Credentials { get; } =
    [
        new("username", "User name", "string", true, false, "Usually the whole email address.", "ann@example.com", MaxBytes: 1024),
        new("password", "Password", "string", true, true,
            "The password of the mailbox. Gmail, iCloud, Yahoo and others need an app password, which their account settings create.",
            MaxBytes: 1024)
    ];
}
