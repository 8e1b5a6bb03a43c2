using System.Text.Json;
using Connections.Connectors;
using Connections.Credentials.Vault;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Operations.Claims;
using EventSourcing;

namespace Connections.Operations.Connections;

/// <summary>The values given for a reconnect.</summary>
/// <param name="RotateBy">The date by which the credentials should be changed.</param>
/// <param name="Entry">The vault entry to use, where a command may be executed twice.</param>
public sealed record NewCredentials(JsonElement? Settings, JsonElement? Credentials, DateTimeOffset? RotateBy = null, string? Entry = null);

/// <summary>Reconnects, renames and deletes connections.</summary>
public sealed class ChangeConnections(
    ConnectionStreams connections,
    ConnectionForms forms,
    ConnectionProbe probe,
    ClaimKeeper claims,
    IVault vault,
    ProbeRejections rejections)
{
    /// <summary>Tests new credentials or settings and stores them, for the same account.</summary>
    public async Task<ProbeReport> Reconnect(
        RequestContext context, Guid id, NewCredentials input, CancellationToken ct, IProgress<ProbeStep>? steps = null)
    {
        var now = await connections.Load(context.Connection(id), ct);
        var live = ConnectionDecider.RequireExisting(now.State);
        if (forms.Find(now.State.Creation!.Connector).Entry is { OAuth: not null } known && known.SignsIn(live.Settings))
        {
            var where = $"{known.Name} connects by sign-in: use POST /api/connections/{{id}}/reconnect, which returns the address.";
            throw ConnectionForms.Invalid([new FieldError("credentials", where)]);
        }

        forms.CheckRotation(input.RotateBy);
        var stored = await vault.GetBound(context.Connection(id), live.VaultEntry, now.State.Creation!.Connector, live.Settings, ct) ?? Secret.None;
        var draft = forms.ReadChange(now.State, stored, input.Settings, input.Credentials);
        var probed = await probe.Try(
            context, draft.Connector.Entry.Id, id, 0, draft.Settings, draft.Credentials, byPerson: true, ct, steps: steps);
        if (rejections.RejectionFor(probed) is { } rejection) throw rejection;

        var reconnect = new ReconnectConnection(
            input.Entry ?? $"v{live.CredentialVersion + 1}-{Guid.NewGuid():n}",
            draft.Settings,
            draft.Masked,
            probed.Result.Account!,
            probed.Fingerprints,
            RotateBy: input.RotateBy ?? (input.Credentials is null ? live.RotateBy : null),
            Definition: draft.Connector.Entry.Version);
        ConnectionDecider.Decide(reconnect, now.State);
        await vault.StoreBound(
            context.Connection(id), reconnect.VaultEntry, draft.Credentials, now.State.Creation!.Connector, reconnect.Settings, ct);
        await TakeAccountsAndAppend(context, id, reconnect, _ => { }, ct);
        return probed;
    }

    /// <summary>Reconnects with the tokens of a sign-in, which are in the vault already, for the same account.</summary>
    /// <param name="check">Checks that the state still allows it; throws where not.</param>
    public Task Renew(RequestContext context, Guid id, ReconnectConnection renewed, Action<ConnectionState> check, CancellationToken ct) =>
        TakeAccountsAndAppend(
            context, id, renewed, state =>
            {
                check(state);
                ConnectionDecider.Decide(renewed, state);
            }, ct);

    /// <returns>Whether anything changed.</returns>
    public async Task<bool> Rename(RequestContext context, Guid id, string? typed, CancellationToken ct)
    {
        var name = ConnectionName.Parse(typed);
        ConnectionState? was = null;
        var renamed = await connections.Handle(context.Connection(id), context.Metadata, async (now, token) =>
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
        var deleted = await connections.Handle(context.Connection(id), new DeleteConnection(), context.Metadata, ct);
        if (deleted is { Position: not null, State: { Status: ConnectionStatus.Absent, SignIn.Start: var was } })
            await claims.GiveUpName(context, id, was.Connector, was.Name, CancellationToken.None);
        return deleted.Position is not null;
    }

    // Claims are taken after the revision is read, and the event is appended there. A fence in between causes a conflict and a retry.
    private Task<Loaded<ConnectionState>> TakeAccountsAndAppend(
        RequestContext context, Guid id, ReconnectConnection reconnect, Action<ConnectionState> check, CancellationToken ct) =>
        connections.Handle(context.Connection(id), context.Metadata, async (now, token) =>
        {
            check(now.State);
            var live = ConnectionDecider.RequireExisting(now.State);
            var taken = await claims.TakeAccount(context, id, reconnect.Fingerprints.Except(live.Fingerprints), token);
            now.OnFailure(() => claims.GiveBack(taken, context, CancellationToken.None));
            return reconnect;
        }, ct);
}
