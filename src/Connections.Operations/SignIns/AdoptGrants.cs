using System.Text;
using System.Text.Json;
using Connections.Connectors.OAuth;
using Connections.Credentials.Sealing;
using Connections.Credentials.Tokens;
using Connections.Credentials.Vault;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Domain.Token;
using Connections.Operations.Claims;
using Connections.Operations.Connections;
using EventSourcing;

namespace Connections.Operations.SignIns;

/// <summary>
/// Adopts sign-ins that were made elsewhere with the same OAuth application: uses the refresh token once, identifies the account, and
/// creates the connection. A failed adoption can be repeated with the same id and token, even though the token is used up.
/// </summary>
public sealed class AdoptGrants(
    ConnectionStreams connections,
    SignInConnectors connectors,
    OAuthEndpoints endpoints,
    ConnectionProbe probe,
    ClaimKeeper claims,
    IVault vault,
    IKeyedHash hash,
    ProbeRejections rejections,
    TimeProvider clock)
{
    private static readonly JsonElement Masked = JsonDocument.Parse("""{"refreshToken":"***"}""").RootElement;

    public async Task Adopt(RequestContext context, NewConnection wanted, string refreshToken, CancellationToken ct)
    {
        var connector = connectors.Find(wanted.Connector!, context.Workspace);
        ConnectionForms.NoRotation(connector.Entry, wanted.RotateBy);
        var settings = ConnectionForms.ReadSettings(connector.Entry, wanted.Settings);
        var used = new Dictionary<string, string>(connector.OAuth.Used(settings));
        foreach (var (place, value) in connector.OAuth.Named(new Dictionary<string, string>(), settings)!) used[place] = value;
        connector = connector with { OAuth = connector.OAuth.With(used) };
        var name = ConnectionName.Parse(wanted.Name);
        var stream = context.Connection(wanted.Id);
        var now = await connections.Load(stream, ct);
        var created = new ConnectionCreated(
            connector.Entry.Id, name, settings, Masked, "", new Account(null, "", ""), [], Outcome.Ok, Definition: connector.Entry.Version);
        if (ConnectionDecider.Decide(new CreateConnection(created), now.State).Count == 0) return;

        var taken = new List<Claim> { await claims.TakeName(context, wanted.Id, connector.Entry.Id, name, ct) };
        try
        {
            // The refresh token may be of single use: from here on the response is stored, even if the caller disconnects.
            var (entry, grant) = await Use(context, wanted.Id, connector, refreshToken, used);
            var probed = await probe.Try(
                context, connector.Entry.Id, wanted.Id, 0, settings, Secret.None, byPerson: true, CancellationToken.None, new FreshTokens(grant));
            if (rejections.RejectionFor(probed) is { } rejection) throw rejection;
            if (probed.Result.Kept.Count > 0)
            {
                entry += "-kept";
                await vault.Store(context.Connection(wanted.Id), entry, grant.WithKept(probed.Result.Kept).Stored, CancellationToken.None);
            }

            taken.AddRange(await claims.TakeAccount(context, wanted.Id, probed.Fingerprints, CancellationToken.None));
            created = created with
            {
                VaultEntry = entry,
                Account = probed.Result.Account!,
                Fingerprints = probed.Fingerprints,
                Scopes = connector.Granted(grant)
            };
            await connections.Append(now, new CreateConnection(created), context.Metadata, CancellationToken.None);
        }
        catch (Exception e) when (e is RejectedException or StreamConflictException)
        {
            await claims.GiveBack(taken, context, CancellationToken.None);
            throw;
        }
    }

    // The response is stored in the vault at once, under an entry that a repetition of the same request finds.
    private async Task<(string Entry, Grant Grant)> Use(RequestContext context, Guid id, SignInConnector connector, string refreshToken,
        IReadOnlyDictionary<string, string> used)
    {
        var newest = Grant.Create("", refreshToken, default, default, null, used);
        for (var use = 1; ; use++)
        {
            var request = Encoding.UTF8.GetBytes($"{id}\n{use}\n{refreshToken}");
            var entry = $"v1-{await hash.Hash(context.Workspace, "adoption", request, CancellationToken.None)}";
            if (await vault.Get(context.Connection(id), entry, CancellationToken.None) is not { } stored)
            {
                var grant = (await Refresh(connector, newest.RefreshToken!)).Following(newest);
                await vault.Store(context.Connection(id), entry, grant.Stored, CancellationToken.None);
                return (entry, grant);
            }

            newest = new Grant(stored);
            if (TokenTimes.Usable(newest, clock.GetUtcNow())) return (entry, newest);
        }
    }

    private async Task<Grant> Refresh(SignInConnector connector, string refreshToken)
    {
        var response = await endpoints.Refresh(
            connector.OAuth, connector.Application, refreshToken, connector.Scopes, CancellationToken.None);
        if (response is TokenResponse.Granted granted) return granted.Grant;
        var failed = (TokenResponse.Failed)response;
        throw new RejectedException(failed.Kind switch
        {
            FailureKind.ReauthRequired => "connection.credentials-rejected",
            FailureKind.Unavailable or FailureKind.Timeout => "connection.unreachable",
            _ => "connection.test-failed"
        }, failed.Reason)
        { Facts = new Dictionary<string, object?> { ["kind"] = Outcome.From(failed.Kind) } };
    }
}
