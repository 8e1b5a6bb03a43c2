using Connections.Connectors.Catalogue;
using Connections.Connectors.Mail;
using Connections.Connectors.OAuth;
using Connections.Domain;

namespace Connections.Connectors.Gmail;

internal static class GmailEntry
{
    public const string Id = "gmail";

    // https://developers.google.com/identity/protocols/oauth2/web-server and …/oauth2#expiration
    public static CatalogueEntry Create() => new(
        Id, "Gmail", "mail", "Send and read mail of a Google account.", "oauth2", [], [],
        [
            new Scope("openid", "To know which account it is."),
            new Scope("email", "To show its address."),
            new Scope("https://www.googleapis.com/auth/gmail.send", "To send mail from workflows."),
            new Scope("https://www.googleapis.com/auth/gmail.readonly", "To find and read mail for workflows.")
        ],
        MailActivities.All("Syntax of Gmail's search box: from:ann@example.com newer_than:7d. Empty: all emails."),
        OAuth: new OAuthDefinition(
            AuthorizeUrl: "{accounts}/o/oauth2/v2/auth",
            TokenUrl: "{oauth}/token",
            RevokeUrl: "{oauth}/revoke",
            Rotation: Rotation.None,
            Revoke: RevokeReach.Grant, // ends all tokens that the person granted to the application
            DefaultLifetime: TimeSpan.FromHours(1),
            IdleLimit: TimeSpan.FromDays(180), // "six months"

            // Without these, a second consent returns no refresh token.
            AuthorizeParameters: new Dictionary<string, string> { ["access_type"] = "offline", ["prompt"] = "consent" },
            Failures: new Dictionary<string, FailureKind>
            {
                // Google's errors for a removed or disabled application, where the standard has invalid_client.
                ["deleted_client"] = FailureKind.Operator,
                ["disabled_client"] = FailureKind.Operator
            },
            Subtypes: new ErrorSubtypes("error_subtype", new Dictionary<string, string>
            {
                ["invalid_rapt"] = "The organisation's Google Workspace requires people to sign in again after some time. To avoid this, its administrator can trust "
                    + "this application in the session control policy."
            }),
            GrantedAs: new Dictionary<string, string?> { ["email"] = "https://www.googleapis.com/auth/userinfo.email" },
            Values: new Dictionary<string, string>
            {
                ["base"] = "https://gmail.googleapis.com",
                ["accounts"] = "https://accounts.google.com",
                ["oauth"] = "https://oauth2.googleapis.com",
                ["identity"] = "https://openidconnect.googleapis.com"
            }));
}
