using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Email;
using Connections.Connectors.MailServers;
using Connections.Connectors.OAuth;
using Connections.Connectors.Pipeline;
using Connections.Connectors.Signing;
using Connections.Domain;

namespace Connections.Connectors.OAuthEmail;

/// <summary>The connector <c>email</c> at a provider whose servers are known, with the access token of a sign-in (XOAUTH2).</summary>
/// <param name="basis">The claim of the ID token that identifies the account.</param>
internal sealed class OAuthEmailConnector(
    CatalogueEntry entry, string basis, EmailConnector email, OAuthApplications applications, TimeProvider clock) : IConnector
{
    private readonly OAuthServers servers = new();

    public CatalogueEntry Entry => entry;

    public string? Target(JsonElement settings) => Servers(settings) is { } both ? email.Target(both) : null;

    public string? Target(JsonElement settings, string activity) => Servers(settings) is { } both ? email.Target(both, activity) : null;

    public bool Repeatable(string activity, JsonElement input, JsonElement settings) => email.Repeatable(activity, input, settings);

    // The account is unknown before the sign-in.
    public Account AccountAsTyped(JsonElement settings, Secret credentials) => new(null, "", "");

    public IReadOnlyList<AccountIdentity> IdentitiesAsTyped(JsonElement settings, Secret credentials) => [];

    public async Task<ProbeResult> Probe(ConnectionUse use, CancellationToken ct)
    {
        var steps = new ProbeSteps(clock, use.Steps);
        var (account, failure) = await Call<Account>(use, async (mailbox, signer) =>
            await email.SignInToRead(mailbox, steps, ct) is { } failed ? (null, failed) : (Identify(mailbox, signer.Kept), null), ct);
        if (failure is not null)
        {
            if (steps.Taken.All(s => s.Outcome is Outcome.Ok or Outcome.Skipped)) steps.Fail("signIn", failure);
            return new ProbeResult(steps.Taken, null, [], failure);
        }

        steps.Ok("identify", $"Signed in as {account!.Display}.");
        return new ProbeResult(steps.Taken, account, [new AccountIdentity(account.Basis, account.Id!)], null);
    }

    public async Task<ConnectorResult> Run(ConnectionUse use, string activity, JsonElement input, CancellationToken ct)
    {
        var (result, failure) = await Call<ConnectorResult>(use, async (mailbox, _) =>
        {
            var result = await email.Run(mailbox, activity, input, ct);
            return (result, result as ConnectorResult.Failed);
        }, ct);
        return failure ?? result!;
    }

    // A rejected token is refreshed once. All of the call is then repeated, so that it opens its attachments again.
    private async Task<(T?, ConnectorResult.Failed?)> Call<T>(
        ConnectionUse use, Func<ConnectionUse, OAuthSigner, Task<(T?, ConnectorResult.Failed?)>> work, CancellationToken ct)
    {
        if (applications.Find(entry.Id, use.Workspace) is not { } application)
            return (default, Failed(FailureKind.Operator, $"No OAuth application is configured for {entry.Name}."));
        var signer = new OAuthSigner(use.Tokens);
        return await SignedCall.Send(signer, async () =>
        {
            if ((Json.Given(use.Settings, OAuthEmailEntry.Mailbox) ?? signer.Kept.GetValueOrDefault("user")) is not { } user)
                return (default, Failed(FailureKind.InvalidInput, "The sign-in does not name its mailbox. Give the address of the mailbox, where the form asks for it."));
            // The library sends one byte for each character.
            if (!user.All(c => c is > ' ' and <= '~'))
                return (default, Failed(FailureKind.InvalidInput, "The user name of the mailbox must consist of ASCII characters: XOAUTH2 knows no others."));
            try
            {
                var settings = servers.Settings(application, entry.OAuth!, use.Settings, user);
                return await work(use with { Settings = settings, Credentials = MailSignIn.With(user, signer.Token) }, signer);
            }
            catch (OAuthSettingsException e)
            {
                return (default, Failed(FailureKind.Operator, e.Message));
            }
        }, ct);
    }

    private JsonElement? Servers(JsonElement settings)
    {
        try
        {
            return applications.Find(entry.Id, null) is { } application
                ? servers.Settings(application, entry.OAuth!, settings, null) : null;
        }
        catch (OAuthSettingsException)
        {
            return null;
        }
    }

    // A mailbox of its own has the identity of the account, whose address may change. A shared one has its address.
    private Account Identify(ConnectionUse mailbox, IReadOnlyDictionary<string, string> kept)
    {
        var user = MailServerSettings.User(mailbox.Credentials);
        var isOwn = user.Equals(kept.GetValueOrDefault("user"), StringComparison.OrdinalIgnoreCase);
        return isOwn && kept.GetValueOrDefault("account") is { } id
            ? new Account(id, user, basis)
            : new Account(user.ToLowerInvariant(), user, "address");
    }

    private static ConnectorResult.Failed Failed(FailureKind kind, string message) => new(kind, message, Delivered.No, Answered: true);
}
