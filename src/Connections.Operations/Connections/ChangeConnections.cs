using System.Text.Json;
using Connections.Credentials.Vault;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Operations.Claims;
using EventSourcing;

namespace Connections.Operations.Connections;

/// <summary>What a reconnect was given.</summary>
/// <param name="RotateBy">When the credentials are to be changed.</param>
/// <param name="Entry">Names the vault entry where one command may be carried out twice.</param>
public sealed record NewCredentials(JsonElement? Settings, JsonElement? Credentials, DateTimeOffset? RotateBy = null, string? Entry = null);

/// <summary>Mends, renames and deletes connections.</summary>
public sealed class ChangeConnections(
    ConnectionStreams connections,
    ConnectionForms forms,
    ConnectionProbe probe,
    ClaimKeeper claims,
    IVault vault,
    ProbeRejections refusals)
{
    /// <summary>New credentials or settings, tried first, for the same account.</summary>
    public async Task<ProbeReport> Reconnect(RequestContext context, Guid id, NewCredentials given, CancellationToken ct)
    {
        var now = await connections.Load(ConnectionDecider.Stream(context.Workspace, id), ct);
        var live = ConnectionDecider.RequireExisting(now.State);
        if (forms.Find(now.State.Creation!.Connector).Entry is { OAuth: not null } known)
        {
            var where = $"One signs in to {known.Name}: POST /api/connections/{{id}}/reconnect answers where.";
            throw ConnectionForms.Invalid([new FieldError("credentials", where)]);
        }

        forms.CheckRotation(given.RotateBy);
        var stored = await vault.Get(context.Workspace, id, live.VaultEntry, ct) ?? Secret.None;
        var draft = forms.ReadChange(now.State, stored, given.Settings, given.Credentials);
        var probed = await probe.Try(context, draft.Connector.Entry.Id, id, 0, draft.Settings, draft.Credentials, byPerson: true, ct);
        if (refusals.RejectionFor(probed) is { } refusal) throw refusal;

        var reconnect = new ReconnectConnection(
            given.Entry ?? $"v{live.CredentialVersion + 1}-{Guid.NewGuid():n}",
            draft.Settings,
            draft.Masked,
            probed.Result.Account!,
            probed.Fingerprints,
            RotateBy: given.RotateBy ?? (given.Credentials is null ? live.RotateBy : null));
        ConnectionDecider.Decide(reconnect, now.State);
        await vault.Store(context.Workspace, id, reconnect.VaultEntry, draft.Credentials, ct);
        await TakeAccountsAndAppend(context, id, reconnect, _ => { }, ct);
        return probed;
    }

    /// <summary>What a sign-in brought, kept in the vault already, for the same account.</summary>
    /// <param name="still">Whether what was read allows it still; it throws where not.</param>
    public Task Renew(RequestContext context, Guid id, ReconnectConnection renewed, Action<ConnectionState> still, CancellationToken ct) =>
        TakeAccountsAndAppend(
            context, id, renewed, state =>
            {
                still(state);
                ConnectionDecider.Decide(renewed, state);
            }, ct);

    /// <returns>Whether anything changed.</returns>
    public async Task<bool> Rename(RequestContext context, Guid id, string? typed, CancellationToken ct)
    {
        var name = ConnectionName.Parse(typed);
        ConnectionState? was = null;
        var renamed = await connections.Handle(ConnectionDecider.Stream(context.Workspace, id), context.Metadata, async (now, token) =>
        {
            ConnectionDecider.RequireExisting(was = now.State);
            if (now.State.Name != name)
            {
                var taken = await claims.TakeName(context, id, now.State.Creation!.Connector, name, token);
                now.OnFailure(() => claims.GiveBack([taken], context, CancellationToken.None));
            }

            return new RenameConnection(name);
        }, ct);
        if (ConnectionName.Key(was!.Name) != ConnectionName.Key(name))
            await claims.GiveUpName(context, id, was.Creation!.Connector, was.Name, ct);
        return renamed.Position is not null;
    }

    /// <returns>Whether anything changed.</returns>
    public async Task<bool> Delete(RequestContext context, Guid id, CancellationToken ct)
    {
        var deleted = await connections.Handle(ConnectionDecider.Stream(context.Workspace, id), new DeleteConnection(), context.Metadata, ct);
        if (deleted is { Position: not null, State: { Status: ConnectionStatus.Absent, SignIn.Start: var was } })
            await claims.GiveUpName(context, id, was.Connector, was.Name, CancellationToken.None);
        return deleted.Position is not null;
    }

    // claims are taken after the revision is read, and the event is appended just there: a fence in between is a conflict, and all begins again
    private Task<Loaded<ConnectionState>> TakeAccountsAndAppend(
        RequestContext context, Guid id, ReconnectConnection reconnect, Action<ConnectionState> check, CancellationToken ct) =>
        connections.Handle(ConnectionDecider.Stream(context.Workspace, id), context.Metadata, async (now, token) =>
        {
            check(now.State);
            var live = ConnectionDecider.RequireExisting(now.State);
            var taken = await claims.TakeAccount(context, id, reconnect.Fingerprints.Except(live.Fingerprints), token);
            now.OnFailure(() => claims.GiveBack(taken, context, CancellationToken.None));
            return reconnect;
        }, ct);
}
