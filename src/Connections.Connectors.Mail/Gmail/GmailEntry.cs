using Connections.Connectors.Catalogue;
using Connections.Connectors.Definitions;
using Connections.Connectors.Mail;

namespace Connections.Connectors.Gmail;

internal static class GmailEntry
{
    public const string Id = "gmail";

    public static CatalogueEntry Create()
    {
        var signIn = SignInFile.Embedded(typeof(GmailEntry).Assembly, "gmail.yaml");
        return new CatalogueEntry(
            Id, "Gmail", "mail", "Send and read mail of a Google account.", "oauth2", [], [], signIn.Scopes,
            MailActivities.All("Syntax of Gmail's search box: from:ann@example.com newer_than:7d. Empty: all emails."), OAuth: signIn.OAuth);
    }
}
