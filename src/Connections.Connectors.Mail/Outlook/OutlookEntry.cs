using Connections.Connectors.Catalogue;
using Connections.Connectors.Mail;
using Connections.Connectors.OAuth;

namespace Connections.Connectors.Outlook;

internal static class OutlookEntry
{
    public const string Id = "outlook";

    // https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow and …/refresh-tokens
    public static CatalogueEntry Create() => new(
        Id, "Outlook", "mail", "Send and read mail of a Microsoft 365 or Outlook.com account.", "oauth2", [], [],
        [
            new Scope("offline_access", "To stay connected while nobody is signed in."),
            new Scope("User.Read", "To know which account it is, and to show its address."),
            new Scope("Mail.Send", "To send mail from workflows."),
            new Scope("Mail.Read", "To find and read mail for workflows.")
        ],
        MailActivities.All("Syntax of Outlook's search box: from:ann subject:invoice. Empty: all emails."),
        Concurrency: 4, // per mailbox: https://learn.microsoft.com/graph/throttling-limits#outlook-service-limits
        OAuth: new OAuthDefinition(
            AuthorizeUrl: "{login}/{tenant}/oauth2/v2.0/authorize",
            TokenUrl: "{login}/{tenant}/oauth2/v2.0/token",
            RevokeUrl: null,
            Rotation: Rotation.RotateOldStays,
            Revoke: RevokeReach.None,
            DefaultLifetime: TimeSpan.FromHours(1),
            IdleLimit: TimeSpan.FromDays(90),
            ScopesAtRefresh: true,
            GrantedAs: new Dictionary<string, string?>
            {
                ["offline_access"] = null, // implied by the refresh token
                ["User.Read"] = "https://graph.microsoft.com/User.Read",
                ["Mail.Send"] = "https://graph.microsoft.com/Mail.Send",
                ["Mail.Read"] = "https://graph.microsoft.com/Mail.Read"
            },
            Values: new Dictionary<string, string>
            {
                ["base"] = "https://graph.microsoft.com",
                ["login"] = "https://login.microsoftonline.com",
                ["tenant"] = "common"
            }));
}
