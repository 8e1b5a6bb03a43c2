using System.Text.Json;
using Connections.Connectors;
using Connections.Credentials;
using Connections.Domain;
using EventSourcing;

namespace Connections.Operations;

/// <summary>
/// Takes over sign-ins that were made elsewhere with the same OAuth application: the refresh token is used once, the account identified,
/// and the connection made as after a sign-in.
/// </summary>
public sealed class AdoptGrants(
    ConnectionStreams connections,
    SignInConnectors connectors,
    OAuthEndpoints endpoints,
    ConnectionProbe probe,
    ClaimKeeper claims,
    IVault vault,
    Refusals refusals)
{
    private static readonly JsonElement Masked = JsonDocument.Parse("""{"refreshToken":"***"}""").RootElement;

    public async Task Adopt(Who who, NewConnection wanted, string refreshToken, CancellationToken ct)
    {
        var connector = connectors.Find(wanted.Connector!, who.Workspace);
        ConnectionForms.NoRotation(connector.Entry, wanted.RotateBy);
        var settings = ConnectionForms.ReadSettings(connector.Entry, wanted.Settings);
        var name = ConnectionName.Parse(wanted.Name);
        var stream = ConnectionDecider.Stream(who.Workspace, wanted.Id);
        var now = await connections.Load(stream, ct);
        var created = new ConnectionCreated(
            connector.Entry.Id, name, settings, Masked, $"v1-{Guid.NewGuid():n}", new Account(null, "", ""), [], Outcome.Ok);
        if (ConnectionDecider.Decide(new CreateConnection(created), now.State).Count == 0) return;

        var taken = new List<Claim> { await claims.TakeName(who, wanted.Id, connector.Entry.Id, name, ct) };
        try
        {
            // the token may be of single use: from here on what comes back is kept, whoever is gone meanwhile
            var signedIn = await Use(who, wanted.Id, connector, settings, refreshToken);
            taken.AddRange(await claims.TakeAccount(who, wanted.Id, signedIn.Fingerprints, CancellationToken.None));
            await vault.Keep(who.Workspace, wanted.Id, created.VaultEntry, signedIn.Grant.Kept, CancellationToken.None);
            created = created with
            {
                Account = signedIn.Account,
                Fingerprints = signedIn.Fingerprints,
                Scopes = connector.Granted(signedIn.Grant)
            };
            await connections.Append(now, new CreateConnection(created), who.Metadata, CancellationToken.None);
        }
        catch (RejectedException)
        {
            await claims.GiveBack(taken, who, CancellationToken.None);
            throw;
        }
    }

    private async Task<SignedInAccount> Use(Who who, Guid id, SignInConnector connector, JsonElement settings, string refreshToken)
    {
        var answer = await endpoints.Refresh(connector.OAuth, connector.Application, refreshToken, connector.Scopes, CancellationToken.None);
        if (answer is TokenAnswer.Failed failed)
        {
            throw new RejectedException(failed.Kind switch
            {
                FailureKind.ReauthRequired => "connection.credentials-rejected",
                FailureKind.Unavailable or FailureKind.Timeout => "connection.unreachable",
                _ => "connection.test-failed"
            }, failed.Message)
            { Facts = new Dictionary<string, object?> { ["kind"] = Outcome.Of(failed.Kind) } };
        }

        var given = ((TokenAnswer.Granted)answer).Grant;
        var grant = given.Following(Grant.Of("", refreshToken, default, default, null));
        var probed = await probe.Try(
            who, connector.Entry.Id, id, 0, settings, Secret.None, byPerson: true, CancellationToken.None, new FreshTokens(grant));
        if (refusals.Of(probed) is { } refusal) throw refusal;
        return new SignedInAccount(grant, probed.Result.Account!, probed.Fingerprints);
    }
}
