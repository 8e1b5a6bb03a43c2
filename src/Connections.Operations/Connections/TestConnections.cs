using Connections.Connectors;
using Connections.Credentials.Vault;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Operations.Claims;
using Connections.Operations.Grants;
using EventSourcing;

namespace Connections.Operations.Connections;

/// <summary>Tests stored connections, on request or on a schedule, and records the result.</summary>
public sealed class TestConnections(
    ConnectionStreams connections, TokenStreams renewed, ConnectionProbe probe, ClaimKeeper claims, IVault vault, AccessTokens tokens)
{
    /// <summary>
    /// A test requested by a person. A successful test reconnects a connection that required reauthorization. If the credentials are
    /// replaced during the test, the new ones are tested.
    /// </summary>
    /// <exception cref="StreamConflictException">The credentials were replaced during each attempt.</exception>
    public async Task<ProbeReport> Test(RequestContext context, Guid id, CancellationToken ct, IProgress<ProbeStep>? steps = null)
    {
        ProbeReport? probed = null;
        await connections.Handle(context.Connection(id), context.Metadata, async (now, token) =>
        {
            ConnectionDecider.RequireExisting(now.State);
            (probed, var recorded) = await Try(context, id, now.State, requested: true, token, steps);
            // The credentials were replaced during the test: report a conflict, so that the new ones are tested.
            return recorded ? null : throw new StreamConflictException(now.Stream, now.Revision);
        }, ct);
        return probed!;
    }

    /// <summary>A check on schedule, or because a worker could not reach the provider. Null: there is nothing to check.</summary>
    public async Task<ProbeReport?> Check(RequestContext context, Guid id, CancellationToken ct)
    {
        var now = await connections.Load(context.Connection(id), ct);
        return now.State.Status is ConnectionStatus.Connected or ConnectionStatus.Unreachable
            ? (await Try(context, id, now.State, requested: false, ct)).Probed
            : null;
    }

    private async Task<(ProbeReport Probed, bool Recorded)> Try(
        RequestContext context, Guid id, ConnectionState state, bool requested, CancellationToken ct, IProgress<ProbeStep>? steps = null)
    {
        var live = state.Live!;
        var connection = context.Connection(id);
        var connector = state.Creation!.Connector;
        if (await vault.GetBound(connection, live.VaultEntry, connector, live.Settings, ct) is not { } credentials)
        {
            var now = await connections.Handle(connection, new RequireReauth("vault-older-than-log", live.CredentialVersion), context.Metadata, ct);
            ConnectionDecider.RequireExisting(now.State); // throws if the connection was deleted meanwhile and its secrets destroyed
            throw new RejectedException(
                "connection.credentials-rejected", "The vault no longer holds the credentials, or cannot decrypt them. Reconnect with new ones.");
        }

        var access = tokens.For(connection, connector, live.CredentialVersion, live.VaultEntry, live.Settings, requested);
        var probed = await probe.Try(
            context, connector, id, live.CredentialVersion, live.Settings, credentials, requested, ct, access, steps);
        // Read after the test, because the test may have refreshed the tokens.
        var newest = access is null ? null
            : (await renewed.Load(connection.Token, ct)).State.In(live.CredentialVersion);
        var report = new RecordTest(
            probed.Id, probed.Outcome, probed.Message, live.CredentialVersion, requested, probed.Result.Account, probed.Fingerprints,
            newest?.Entry, newest?.Open is not null, probed.Definition);
        return (probed, await Record(report, context, id, ct));
    }

    // The account is claimed after the revision is read, so that a fence in between causes a conflict.
    private async Task<bool> Record(RecordTest report, RequestContext context, Guid id, CancellationToken ct)
    {
        var then = await connections.Handle(context.Connection(id), context.Metadata, (now, token) => WithAccount(report, context, id, now, token), ct);
        return then.State.LastProbe == report.Probe;
    }

    // A test may find new identities of the account. New identities are claimed before they are recorded, or omitted if they are taken.
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
