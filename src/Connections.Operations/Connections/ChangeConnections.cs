using System.Text.Json;
using Connections.Credentials;
using Connections.Domain;
using EventSourcing;

namespace Connections.Operations;

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
    Refusals refusals)
{
    private const int Tries = 3;

    /// <summary>New credentials or settings, tried first, for the same account.</summary>
    public async Task<Probed> Reconnect(Who who, Guid id, NewCredentials given, CancellationToken ct)
    {
        var now = await connections.Load(ConnectionDecider.Stream(who.Workspace, id), ct);
        var live = ConnectionDecider.Changeable(now.State);
        if (forms.Find(now.State.Creation!.Connector).Entry is { OAuth: not null } known)
        {
            var where = $"One signs in to {known.Name}: POST /api/connections/{{id}}/reconnect answers where.";
            throw ConnectionForms.Invalid([new FieldError("credentials", where)]);
        }

        forms.CheckRotation(given.RotateBy);
        var stored = await vault.Get(who.Workspace, id, live.VaultEntry, ct) ?? Secret.None;
        var draft = forms.ReadChange(now.State, stored, given.Settings, given.Credentials);
        var probed = await probe.Try(who, draft.Connector.Entry.Id, id, 0, draft.Settings, draft.Credentials, byPerson: true, ct);
        if (refusals.Of(probed) is { } refusal) throw refusal;

        var reconnect = new ReconnectConnection(
            given.Entry ?? $"v{live.CredentialVersion + 1}-{Guid.NewGuid():n}",
            draft.Settings,
            draft.Masked,
            probed.Result.Account!,
            probed.Fingerprints,
            RotateBy: given.RotateBy ?? (given.Credentials is null ? live.RotateBy : null));
        ConnectionDecider.Decide(reconnect, now.State);
        await vault.Keep(who.Workspace, id, reconnect.VaultEntry, draft.Credentials, ct);
        await AtRevision(who, id, reconnect, state => NewAccounts(who, id, state, reconnect, ct), ct);
        return probed;
    }

    /// <summary>What a sign-in brought, kept in the vault already, for the same account.</summary>
    /// <param name="still">Whether what was read allows it still; it throws where not.</param>
    public Task Renew(Who who, Guid id, ReconnectConnection renewed, Action<ConnectionState> still, CancellationToken ct) => AtRevision(
        who, id, renewed, state =>
        {
            still(state);
            ConnectionDecider.Decide(renewed, state);
            return NewAccounts(who, id, state, renewed, ct);
        }, ct);

    /// <returns>Whether anything changed.</returns>
    public async Task<bool> Rename(Who who, Guid id, string? typed, CancellationToken ct)
    {
        var name = ConnectionName.Parse(typed);
        ConnectionState? was = null;
        var renamed = await AtRevision(who, id, new RenameConnection(name), async state =>
        {
            ConnectionDecider.Changeable(was = state);
            return state.Name == name ? [] : [await claims.TakeName(who, id, state.Creation!.Connector, name, ct)];
        }, ct);
        if (ConnectionName.Key(was!.Name) != ConnectionName.Key(name))
            await claims.GiveUpName(who, id, was.Creation!.Connector, was.Name, ct);
        return renamed.Position is not null;
    }

    /// <returns>Whether anything changed.</returns>
    public async Task<bool> Delete(Who who, Guid id, CancellationToken ct)
    {
        var deleted = await connections.Handle(ConnectionDecider.Stream(who.Workspace, id), new DeleteConnection(), who.Metadata, ct);
        if (deleted is { Position: not null, State: { Status: ConnectionStatus.Absent, SignIn.Of: var was } })
            await claims.GiveUpName(who, id, was.Connector, was.Name, CancellationToken.None);
        return deleted.Position is not null;
    }

    // claims are taken after the revision is read, and the event is appended just there: a fence in between is a conflict, and all begins again
    private async Task<Loaded<ConnectionState>> AtRevision(
        Who who, Guid id, ConnectionCommand command, Func<ConnectionState, Task<IReadOnlyList<Claim>>> claim, CancellationToken ct)
    {
        for (var tried = 1; ; tried++)
        {
            var now = await connections.Load(ConnectionDecider.Stream(who.Workspace, id), ct);
            var taken = await claim(now.State);
            try
            {
                return await connections.Append(now, command, who.Metadata, ct);
            }
            catch (StreamConflictException) when (tried < Tries)
            {
            }
            catch (RejectedException)
            {
                await claims.GiveBack(taken, who, CancellationToken.None);
                throw;
            }
        }
    }

    private async Task<IReadOnlyList<Claim>> NewAccounts(
        Who who, Guid id, ConnectionState state, ReconnectConnection reconnect, CancellationToken ct)
    {
        var live = ConnectionDecider.Changeable(state);
        return await claims.TakeAccount(who, id, reconnect.Fingerprints.Except(live.Fingerprints), ct);
    }
}
