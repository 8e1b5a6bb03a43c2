using Connections.Connectors.Catalogue;
using Connections.Connectors.Mail;
using Connections.Connectors.MailServers;
using Connections.Connectors.Smtp;

namespace Connections.Connectors.Email;

internal static class EmailEntry
{
    public const string Id = "email";

    private const string Authority = "caCertificate";

    // The settings of each server, by their names in the connectors "imap" and "smtp".
    private static readonly string[] ServerSettings = ["host", "port", "security"];

    /// <param name="imap">The connector that reads.</param>
    /// <param name="smtp">The connector that sends.</param>
    public static CatalogueEntry Create(CatalogueEntry imap, CatalogueEntry smtp) => new(
        Id, "Email (IMAP and SMTP)", "mail", "Read and send mail of one mailbox, at any mail provider.", "password",
        [
            .. Server(imap), .. Server(smtp), imap.Settings.First(f => f.Name == Authority),
            .. smtp.Settings.Where(f => f.Name is SmtpEntry.SenderAddress or SmtpEntry.SenderName)
        ],
        MailForm.Credentials, Scopes: [],
        Activities: [smtp.Activities.First(a => a.Id == MailActivities.Send), .. imap.Activities], imap.Concurrency);

    /// <summary>The setting's name in the connector of its own; null if it belongs to the other server.</summary>
    public static string? NameFor(string server, string setting)
    {
        var own = ServerSettings.FirstOrDefault(name => Setting(server, name) == setting);
        return own ?? (setting is Authority or SmtpEntry.SenderAddress or SmtpEntry.SenderName ? setting : null);
    }

    private static IEnumerable<FormField> Server(CatalogueEntry connector) =>
        connector.Settings.Where(f => ServerSettings.Contains(f.Name)).Select(f => f with
        {
            Name = Setting(connector.Id, f.Name),
            Label = $"{connector.Name} {f.Label.ToLowerInvariant()}"
        });

    private static string Setting(string server, string name) => $"{server}{char.ToUpperInvariant(name[0])}{name[1..]}";
}
