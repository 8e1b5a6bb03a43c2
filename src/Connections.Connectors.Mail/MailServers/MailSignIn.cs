using System.Net;
using System.Text;
using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Masking;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using MailKit.Security;

namespace Connections.Connectors.MailServers;

/// <summary>The sign-in at a mail server. Exactly one mechanism is used: the library would try each that the server offers.</summary>
internal abstract class MailSignIn(string user)
{
    private const string TokenField = "accessToken";

    public string User => user;

    /// <summary>Advice about a rejection, as the end of a sentence.</summary>
    public abstract string Advice { get; }

    /// <summary>The mechanisms that are used, for people.</summary>
    public abstract string Mechanisms { get; }

    /// <summary>The kind of failure, if the server said it before its last answer; null: the last answer decides.</summary>
    public virtual FailureKind? Early => null;

    /// <param name="credentials">A user name with a password, or with an access token.</param>
    public static MailSignIn From(Secret credentials)
    {
        var user = MailServerSettings.User(credentials);
        return credentials.Field(TokenField) is { } token
            ? new TokenSignIn(user, token)
            : new PasswordSignIn(user, credentials.Field("password") ?? "");
    }

    /// <summary>The credentials of a sign-in with an access token.</summary>
    public static Secret With(string user, string token) =>
        Secret.From(JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["username"] = user, [TokenField] = token }));

    /// <summary>Null if the server offers no mechanism that can be used.</summary>
    public abstract SaslMechanism? Mechanism(ICollection<string> offered);

    /// <summary>Masks the secret in every form in which it was sent. A server may repeat it.</summary>
    public ConnectorResult.Failed Mask(ConnectorResult.Failed failure) => SecretMasking.Mask(failure, new SecretMask(Sent()));

    /// <summary>The secret alone, and as the mechanism sends it: that also holds a secret that is too short to be masked alone.</summary>
    protected abstract IEnumerable<SentSecret> Sent();

    protected static SentSecret Encoded(string sent) => new(Convert.ToBase64String(Encoding.UTF8.GetBytes(sent)));
}

internal sealed class PasswordSignIn(string user, string password) : MailSignIn(user)
{
    public override string Advice => ": user name or password is wrong, or the mailbox needs an app password";

    public override string Mechanisms => "a password (AUTH PLAIN or LOGIN)";

    /// <summary>The user name and the password as typed.</summary>
    public NetworkCredential Typed => new(User, password);

    public override SaslMechanism? Mechanism(ICollection<string> offered) =>
        offered.Contains("PLAIN") ? new SaslMechanismPlain(Encoding.UTF8, Typed)
        : offered.Contains("LOGIN") ? new SaslMechanismLogin(Encoding.UTF8, Typed)
        : null;

    protected override IEnumerable<SentSecret> Sent() => [new(password), Encoded($"\0{User}\0{password}")];
}

/// <summary>XOAUTH2: https://developers.google.com/workspace/gmail/imap/xoauth2-protocol</summary>
internal sealed class TokenSignIn(string user, string token) : MailSignIn(user)
{
    private string? status;

    public override string Advice => ": it does not accept the access token for this mailbox";

    public override string Mechanisms => "OAuth (AUTH XOAUTH2)";

    // The status of an HTTP response. A token that could not be checked is not rejected.
    public override FailureKind? Early => status switch
    {
        ['5', _, _] => FailureKind.Unavailable,
        "429" => FailureKind.Throttled,
        _ => null
    };

    public override SaslMechanism? Mechanism(ICollection<string> offered) => offered.Contains("XOAUTH2") ? new Observed(this, token) : null;

    protected override IEnumerable<SentSecret> Sent() =>
        [new(token, "Bearer "), Encoded($"user={User}\u0001auth=Bearer {token}\u0001\u0001")];

    // Before a rejection, the server sends its reason as JSON, and waits for an empty answer.
    private sealed class Observed(TokenSignIn signIn, string token) : SaslMechanismOAuth2(signIn.User, token)
    {
        protected override byte[]? Challenge(byte[]? token, int startIndex, int length, CancellationToken cancellationToken)
        {
            if (token is not null && Json.Foreign(Encoding.UTF8.GetString(token, startIndex, length)) is var reason)
                signIn.status = Json.Id(reason, "status") ?? signIn.status;
            return base.Challenge(token, startIndex, length, cancellationToken);
        }
    }
}
