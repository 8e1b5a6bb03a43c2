using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Connections.Credentials.Vault;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Domain.Token;
using Connections.Operations.Claims;
using Connections.Operations.Connections;
using EventSourcing;

namespace Connections.Operations.SignIns;

/// <summary>The account that signed in, and its tokens.</summary>
public sealed record SignedInAccount(Grant Grant, Account Account, IReadOnlyList<string> Fingerprints);

/// <summary>Creates or reconnects a connection from a sign-in, or keeps the sign-in in the vault until the person confirms it.</summary>
public sealed class SignInCompletion(
    ConnectionStreams connections,
    SignInAttempts attempts,
    SignInConnectors connectors,
    ChangeConnections change,
    ClaimKeeper claims,
    FailedSignIns failedSignIns,
    IVault vault,
    TimeProvider clock)
{
    private static readonly JsonElement Empty = JsonDocument.Parse("{}").RootElement;

    public async Task<SignInOutcome> Complete(
        RequestContext context, OAuthReturn back, AuthorizationStarted started, SignInConnector connector, SignedInAccount signedIn)
    {
        if (back.SameBrowser) return await Connect(context, back.Reference, started, connector, signedIn);
        failedSignIns.Record(back.Reference, "other-browser");
        return Confirm(context, back.Reference, started, connector, signedIn, await StorePending(back.Reference, signedIn, null));
    }

    /// <summary>Handles the confirmation on a page of this service.</summary>
    public async Task<SignInOutcome> Confirm(SignInReference reference, string nonce, CancellationToken ct)
    {
        var now = (await connections.Load(reference.Connection, ct)).State;
        var attempt = await attempts.Read(reference, ct);
        var context = attempt.Context;
        var pending = await LoadPending(reference, nonce, ct);
        if (pending is null || now.SignIn is not { } signIn || signIn.Start.Attempt != reference.Attempt)
        {
            failedSignIns.Record(reference, pending is null ? "nonce" : "replaced");
            return new SignInOutcome.Failed("This confirmation is no longer valid. Start again.");
        }

        if (SignInTime.HasPassed(signIn.Start.Until, clock.GetUtcNow())) return await Fail(context, reference, "expired", ConnectionDecider.RanOut);
        try
        {
            var connector = connectors.Find(signIn.Start.Connector, reference.Connection.Workspace);
            if (pending.OtherConnection is { } other)
                return await Reconnect(context, other, connector, pending.SignedIn, reference.Attempt);
            return signIn.Phase == SignInPhase.Succeeded
                ? Connected(now.Name, connector, pending.SignedIn, attempt.Connected is { Reconnected: true }) // clicked twice
                : await Connect(context, reference, signIn.Start, connector, pending.SignedIn);
        }
        catch (RejectedException refused)
        {
            return await Fail(context, reference, refused.Code, refused.Message);
        }
    }

    /// <summary>The confirmation page that this browser was shown before; null where there is nothing left to confirm.</summary>
    internal async Task<SignInOutcome?> RequestConfirmation(
        RequestContext context, SignInReference reference, SignIn signIn, PendingSignIn pending, string nonce)
    {
        var connector = connectors.Find(signIn.Start.Connector, reference.Connection.Workspace);
        if (pending.OtherConnection is not { } other)
            return signIn.HasEnded ? null : Confirm(context, reference, signIn.Start, connector, pending.SignedIn, nonce);
        var holder = (await connections.Load(new ConnectionId(reference.Connection.Workspace, other), CancellationToken.None)).State;
        return holder.Exists ? new SignInOutcome.ConnectedAlready(pending.SignedIn.Account.Display, holder.Name, nonce) : null;
    }

    /// <summary>The sign-in that waits for a confirmation; null if there is none for this nonce.</summary>
    internal async Task<PendingSignIn?> LoadPending(SignInReference reference, string nonce, CancellationToken ct) =>
        await vault.Get(reference.Connection, PendingEntry(reference.Attempt, nonce), ct) is { } stored
            ? PendingSignIn.Parse(stored)
            : null;

    /// <summary>Records the failure and returns it for the page.</summary>
    /// <param name="shown">For the page, if it may say more than an event: it may quote the provider.</param>
    public async Task<SignInOutcome> Fail(
        RequestContext context, SignInReference reference, string reason, string message, string? shown = null)
    {
        var failed = await connections.Handle(
            reference.Connection,
            new FailAuthorization(reference.Attempt, reason, message),
            context.Metadata,
            CancellationToken.None);
        if (failed.Position is null) failedSignIns.Record(reference, "ended");
        else if (failed.State is { Exists: false, SignIn.Start: var was })
            // The name is free at once.
            await claims.GiveUpName(context, reference.Connection.Value, was.Connector, was.Name, CancellationToken.None);
        return new SignInOutcome.Failed(shown ?? message);
    }

    private async Task<SignInOutcome> Connect(
        RequestContext context, SignInReference reference, AuthorizationStarted started, SignInConnector connector,
        SignedInAccount signedIn)
    {
        var stream = reference.Connection;
        var now = (await connections.Load(stream, CancellationToken.None)).State;
        try
        {
            if (now.Exists)
                return await Reconnect(
                    context, reference.Connection.Value, connector, signedIn, reference.Attempt,
                    state => RequireCurrent(state, reference.Attempt));
            await Create(context, reference, started, connector, signedIn);
            return Connected(started.Name, connector, signedIn, again: false);
        }
        catch (RejectedException taken) when (taken.Code == "connection.account-taken" && taken.Facts["connectionId"] is Guid other)
        {
            var holder = (await connections.Load(new ConnectionId(reference.Connection.Workspace, other), CancellationToken.None)).State;
            var nonce = await StorePending(reference, signedIn, other);
            await Fail(context, reference, "account-taken", $"{signedIn.Account.Display} is connected already, as \"{holder.Name}\".");
            return new SignInOutcome.ConnectedAlready(signedIn.Account.Display, holder.Name, nonce);
        }
        catch (RejectedException refused)
        {
            return await Fail(context, reference, refused.Code.Split('.')[^1], refused.Message);
        }
    }

    private async Task Create(
        RequestContext context, SignInReference reference, AuthorizationStarted started, SignInConnector connector,
        SignedInAccount signedIn)
    {
        var entry = $"v1-{reference.Attempt:n}";
        var created = new ConnectionCreated(
            started.Connector, started.Name, started.Settings, Empty, entry, signedIn.Account, signedIn.Fingerprints, Outcome.Ok,
            connector.Granted(signedIn.Grant), EndsAt: signedIn.Grant.EndsAt, Definition: connector.Entry.Version);
        await vault.Store(reference.Connection, entry, signedIn.Grant.Stored, CancellationToken.None);
        var stream = reference.Connection;
        await connections.Handle(stream, context.Metadata, async (now, token) =>
        {
            RequireCurrent(now.State, reference.Attempt);
            var taken = await claims.TakeAccount(context, reference.Connection.Value, signedIn.Fingerprints, token);
            now.OnFailure(() => claims.GiveBack(taken, context, CancellationToken.None));
            return new CreateConnection(created);
        }, CancellationToken.None);
    }

    private async Task<SignInOutcome> Reconnect(
        RequestContext context, Guid id, SignInConnector connector, SignedInAccount signedIn, Guid attempt,
        Action<ConnectionState>? check = null)
    {
        var now = (await connections.Load(context.Connection(id), CancellationToken.None)).State;
        var live = ConnectionDecider.RequireExisting(now);
        var renewed = new ReconnectConnection(
            $"v-{attempt:n}", live.Settings, live.Credentials, signedIn.Account, signedIn.Fingerprints, connector.Granted(signedIn.Grant),
            EndsAt: signedIn.Grant.EndsAt, Definition: connector.Entry.Version);
        await vault.Store(context.Connection(id), renewed.VaultEntry, signedIn.Grant.Stored, CancellationToken.None);
        await change.Renew(context, id, renewed, check ?? (_ => { }), CancellationToken.None);
        return Connected(now.Name, connector, signedIn, again: true);
    }

    private static SignInOutcome.Connected Connected(string name, SignInConnector connector, SignedInAccount signedIn, bool again) =>
        new(name, signedIn.Account.Display, connector.Missing(signedIn.Grant), again);

    private static SignInOutcome.Confirm Confirm(
        RequestContext context, SignInReference reference, AuthorizationStarted started, SignInConnector connector,
        SignedInAccount signedIn, string nonce) =>
        new(connector.Entry.Name, started.Name, signedIn.Account.Display, reference.Connection.Workspace, context.Actor, nonce);

    private static void RequireCurrent(ConnectionState now, Guid attempt)
    {
        if (now.SignIn is not { Phase: SignInPhase.CodeReceived } signIn || signIn.Start.Attempt != attempt)
            throw new RejectedException("authorization.stale", "A later sign-in replaced this one, or the connection no longer exists.");
    }

    private async Task<string> StorePending(SignInReference reference, SignedInAccount signedIn, Guid? other)
    {
        var nonce = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        await vault.Store(
            reference.Connection, PendingEntry(reference.Attempt, nonce), new PendingSignIn(signedIn, other).Secret(),
            CancellationToken.None);
        return nonce;
    }

    // Only a hash of the nonce is stored, so that the table of entries reveals no nonce.
    private static string PendingEntry(Guid attempt, string nonce) =>
        $"p-{attempt:n}-{Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(nonce)))}";
}
