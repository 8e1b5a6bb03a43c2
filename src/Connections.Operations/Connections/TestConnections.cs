using Connections.Credentials.Vault;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Domain.Token;
using Connections.Operations.Claims;
using Connections.Operations.Grants;
using EventSourcing;

namespace Connections.Operations.Connections;

/// <summary>Tries kept connections, because a person asks or because they are due, and records what was seen.</summary>
public sealed class TestConnections(
    ConnectionStreams connections, TokenStreams renewed, ConnectionProbe probe, ClaimKeeper claims, IVault vault, AccessTokens tokens)
{
    /// <summary>A person asks. A pass mends a connection that needed a reconnect; credentials that were replaced meanwhile are tried anew.</summary>
    /// <exception cref="StreamConflictException">They were replaced each time.</exception>
    public async Task<ProbeReport> Test(RequestContext context, Guid id, CancellationToken ct)
    {
        ProbeReport? probed = null;
        await connections.Handle(ConnectionDecider.Stream(context.Workspace, id), context.Metadata, async (now, token) =>
        {
            ConnectionDecider.RequireExisting(now.State);
            (probed, var recorded) = await Try(context, id, now.State, requested: true, token);
            // a report on credentials that were replaced meanwhile is a conflict: the new ones are tried
            return recorded ? null : throw new StreamConflictException(now.Stream, now.Revision);
        }, ct);
        return probed!;
    }

    /// <summary>A schedule asks, or a worker that could not reach the provider. Null: there is nothing to check.</summary>
    public async Task<ProbeReport?> Check(RequestContext context, Guid id, CancellationToken ct)
    {
        var now = await connections.Load(ConnectionDecider.Stream(context.Workspace, id), ct);
        return now.State.Status is ConnectionStatus.Connected or ConnectionStatus.Unreachable
            ? (await Try(context, id, now.State, requested: false, ct)).Probed
            : null;
    }

    private async Task<(ProbeReport Probed, bool Recorded)> Try(RequestContext context, Guid id, ConnectionState state, bool requested, CancellationToken ct)
    {
        var live = state.Live!;
        var stream = ConnectionDecider.Stream(context.Workspace, id);
        if (await vault.Get(context.Workspace, id, live.VaultEntry, ct) is not { } credentials)
        {
            var now = await connections.Handle(stream, new RequireReauth("vault-older-than-log", live.CredentialVersion), context.Metadata, ct);
            ConnectionDecider.RequireExisting(now.State); // deleted meanwhile, and its secrets destroyed
            throw new RejectedException(
                "connection.credentials-rejected", "The vault does not hold the credentials any more; reconnect with new ones.");
        }

        var connector = state.Creation!.Connector;
        var access = tokens.For(context.Workspace, id, connector, live.CredentialVersion, live.VaultEntry, requested);
        var probed = await probe.Try(context, connector, id, live.CredentialVersion, live.Settings, credentials, requested, ct, access);
        // looked for after the try, which may have renewed them itself
        var newest = access is null ? null
            : (await renewed.Load(TokenDecider.Stream(context.Workspace, id), ct)).State.In(live.CredentialVersion);
        var report = new RecordTest(
            probed.Id, probed.Outcome, probed.Message, live.CredentialVersion, requested, probed.Result.Account, probed.Fingerprints,
            newest?.Entry, newest?.Open is not null);
        return (probed, await Record(stream, report, context, id, ct));
    }

    // as in a rename: claimed behind the revision that the report is appended at, so that a fence in between is a conflict
    private async Task<bool> Record(string stream, RecordTest report, RequestContext context, Guid id, CancellationToken ct)
    {
        var then = await connections.Handle(stream, context.Metadata, (now, token) => WithAccount(report, context, id, now, token), ct);
        return then.State.LastProbe == report.Probe;
    }

    // a try may tell more of the account than was known: that is claimed before it is recorded, and left out where another has it
    private async Task<ConnectionCommand?> WithAccount(
        RecordTest report, RequestContext context, Guid id, Preparation<ConnectionState> now, CancellationToken ct)
    {
        var fresh = (report.Fingerprints ?? []).Except(now.State.Live!.Fingerprints).ToArray();
        if (fresh.Length == 0) return report;
        try
        {
            var taken = await claims.TakeAccount(context, id, fresh, ct);
            now.OnFailure(() => claims.GiveBack(taken, context, CancellationToken.None));
            return report;
        }
        catch (RejectedException)
        {
            return report with { Account = null, Fingerprints = null };
        }
    }
}
