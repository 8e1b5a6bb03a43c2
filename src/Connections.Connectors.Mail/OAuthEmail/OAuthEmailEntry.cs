using System.Reflection;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Definitions;
using Connections.Connectors.Smtp;

namespace Connections.Connectors.OAuthEmail;

internal static class OAuthEmailEntry
{
    public const string Google = "google-email";
    public const string Microsoft = "microsoft-email";
    public const string Mailbox = "mailbox";

    // Gmail opens no other mailbox than that of the account.
    private static readonly FormField Shared = new(
        Mailbox, "Mailbox", "string", false, false,
        "The address of the mailbox, if it is another one than that of the account that signs in: a shared mailbox.",
        "desk@example.com", MaxBytes: 512, Trimmed: true, Pattern: "[!-?A-~]+@[!-?A-~]+");

    /// <param name="id">The name of the connector and of its file.</param>
    /// <param name="provider">The name of the provider, for people.</param>
    /// <param name="email">The connector with a password.</param>
    public static CatalogueEntry Create(string id, string provider, CatalogueEntry email)
    {
        var signIn = SignInFile.Embedded(Assembly.GetExecutingAssembly(), $"{id}.yaml");
        return new CatalogueEntry(
            id, $"{provider} mailbox (IMAP and SMTP)", "mail",
            $"Read and send mail of one mailbox, with folders, marks and attachments. People sign in at {provider}.", "oauth2",
            [
                .. id == Microsoft ? [Shared] : Array.Empty<FormField>(),
                .. email.Settings.Where(f => f.Name is SmtpEntry.SenderName or SmtpEntry.SenderAddress).Select(f =>
                    f.Name == SmtpEntry.SenderAddress
                        ? f with { Required = false, Help = $"{f.Help} Empty: the user name of the mailbox." }
                        : f)
            ],
            [], signIn.Scopes, email.Activities, email.Concurrency, signIn.OAuth);
    }
}
