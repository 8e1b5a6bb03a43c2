using Connections.Connectors.Catalogue;
using Connections.Connectors.Definitions;
using Connections.Connectors.Mail;

namespace Connections.Connectors.Outlook;

internal static class OutlookEntry
{
    public const string Id = "outlook";

    public static CatalogueEntry Create()
    {
        var signIn = SignInFile.Embedded(typeof(OutlookEntry).Assembly, "outlook.yaml");
        return new CatalogueEntry(
            Id, "Outlook", "mail", "Send and read mail of a Microsoft 365 or Outlook.com account.", "oauth2", [], [], signIn.Scopes,
            MailActivities.All("Syntax of Outlook's search box: from:ann subject:invoice. Empty: all emails."),
            Concurrency: 4, // per mailbox: https://learn.microsoft.com/graph/throttling-limits#outlook-service-limits
            OAuth: signIn.OAuth);
    }
}
