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

/// <summary>Who signed in, and what the provider gave.</summary>
public sealed record SignedInAccount(Grant Grant, Account Account, IReadOnlyList<string> Fingerprints);

/// <summary>Makes a connection of a sign-in, or mends one; or keeps it in the vault until whoever signed in has said so.</summary>
public sealed class SignInCompletion(
    ConnectionStreams connections,
    SignInAttempts attempts,
    SignInConnectors connectors,
    ChangeConnections change,
    ClaimKeeper claims,
    FailedSignIns stopped,
    IVault vault,
    TimeProvider clock)
{
    private static readonly JsonElement Nothing = JsonDocument.Parse("{}").RootElement;

    public async Task<SignInOutcome> Complete(
        RequestContext context, OAuthReturn back, AuthorizationStarted started, SignInConnector connector, SignedInAccount signedIn)
    {
        if (back.SameBrowser) return await Connect(context, back.Reference, started, connector, signedIn);
        stopped.Record(back.Reference, "other-browser");
        return Confirm(context, back.Reference, started, connector, signedIn, await Put(back.Reference, signedIn, null));
    }

    /// <summary>The click on a page of ours.</summary>
    public async Task<SignInOutcome> Confirm(SignInReference of, string nonce, CancellationToken ct)
    {
        var now = (await connections.Load(ConnectionDecider.Stream(of.Workspace, of.Connection), ct)).State;
        var attempt = await attempts.Read(of, ct);
        var context = attempt.Context;
        var pending = await Kept(of, nonce, ct);
        if (pending is null || now.SignIn is not { } signIn || signIn.Start.Attempt != of.Attempt)
        {
            stopped.Record(of, pending is null ? "nonce" : "replaced");
            return new SignInOutcome.Failed("There is nothing to confirm here any more. Start again.");
        }

        if (clock.GetUtcNow() > signIn.Start.Until) return await Fail(context, of, "expired", ConnectionDecider.RanOut);
        try
        {
            var connector = connectors.Find(signIn.Start.Connector, of.Workspace);
            if (pending.OtherConnection is { } other) return await Reconnect(context, other, connector, pending.SignedIn, of.Attempt);
            return signIn.Phase == SignInPhase.Succeeded
                ? Connected(now.Name, connector, pending.SignedIn, attempt.Connected is { Reconnected: true }) // clicked twice
                : await Connect(context, of, signIn.Start, connector, pending.SignedIn);
        }
        catch (RejectedException refused)
        {
            return await Fail(context, of, refused.Code, refused.Message);
        }
    }

    /// <summary>The page with a button that this browser was shown before; null where there is nothing to click any more.</summary>
    internal async Task<SignInOutcome?> RequestConfirmation(RequestContext context, SignInReference of, SignIn signIn, PendingSignIn pending, string nonce)
    {
        var connector = connectors.Find(signIn.Start.Connector, of.Workspace);
        if (pending.OtherConnection is not { } other)
            return signIn.HasEnded ? null : Confirm(context, of, signIn.Start, connector, pending.SignedIn, nonce);
        var holder = (await connections.Load(ConnectionDecider.Stream(of.Workspace, other), CancellationToken.None)).State;
        return holder.Exists ? new SignInOutcome.ConnectedAlready(pending.SignedIn.Account.Display, holder.Name, nonce) : null;
    }

    /// <summary>What waits for a click; null: nothing that this nonce opens.</summary>
    internal async Task<PendingSignIn?> Kept(SignInReference of, string nonce, CancellationToken ct) =>
        await vault.Get(of.Workspace, of.Connection, PendingEntry(of.Attempt, nonce), ct) is { } kept ? PendingSignIn.Parse(kept) : null;

    /// <summary>Recorded, and told.</summary>
    public async Task<SignInOutcome> Fail(RequestContext context, SignInReference of, string reason, string message)
    {
        var failed = await connections.Handle(
            ConnectionDecider.Stream(of.Workspace, of.Connection),
            new FailAuthorization(of.Attempt, reason, message),
            context.Metadata,
            CancellationToken.None);
        if (failed.Position is null) stopped.Record(of, "ended");
        else if (failed.State is { Exists: false, SignIn.Start: var was })
            await claims.GiveUpName(context, of.Connection, was.Connector, was.Name, CancellationToken.None); // free at once
        return new SignInOutcome.Failed(message);
    }

    private async Task<SignInOutcome> Connect(
        RequestContext context, SignInReference of, AuthorizationStarted started, SignInConnector connector, SignedInAccount signedIn)
    {
        var now = (await connections.Load(ConnectionDecider.Stream(of.Workspace, of.Connection), CancellationToken.None)).State;
        try
        {
            if (now.Exists) return await Reconnect(context, of.Connection, connector, signedIn, of.Attempt, state => Still(state, of.Attempt));
            await Create(context, of, started, connector, signedIn);
            return Connected(started.Name, connector, signedIn, again: false);
        }
        catch (RejectedException taken) when (taken.Code == "connection.account-taken" && taken.Facts["connectionId"] is Guid other)
        {
            var holder = (await connections.Load(ConnectionDecider.Stream(of.Workspace, other), CancellationToken.None)).State;
            var nonce = await Put(of, signedIn, other);
            await Fail(context, of, "account-taken", $"{signedIn.Account.Display} is connected already, as \"{holder.Name}\".");
            return new SignInOutcome.ConnectedAlready(signedIn.Account.Display, holder.Name, nonce);
        }
        catch (RejectedException refused)
        {
            return await Fail(context, of, refused.Code.Split('.')[^1], refused.Message);
        }
    }

    private async Task Create(RequestContext context, SignInReference of, AuthorizationStarted started, SignInConnector connector, SignedInAccount signedIn)
    {
        var entry = $"v1-{of.Attempt:n}";
        var created = new ConnectionCreated(
            started.Connector, started.Name, started.Settings, Nothing, entry, signedIn.Account, signedIn.Fingerprints, Outcome.Ok,
            connector.Granted(signedIn.Grant), EndsAt: signedIn.Grant.EndsAt);
        await vault.Store(of.Workspace, of.Connection, entry, signedIn.Grant.Kept, CancellationToken.None);
        await connections.Handle(ConnectionDecider.Stream(of.Workspace, of.Connection), context.Metadata, async (now, token) =>
        {
            // claimed behind the revision that the event is appended at: a fence in between is a conflict
            Still(now.State, of.Attempt);
            var taken = await claims.TakeAccount(context, of.Connection, signedIn.Fingerprints, token);
            now.OnFailure(() => claims.GiveBack(taken, context, CancellationToken.None));
            return new CreateConnection(created);
        }, CancellationToken.None);
    }

    private async Task<SignInOutcome> Reconnect(
        RequestContext context, Guid id, SignInConnector connector, SignedInAccount signedIn, Guid attempt, Action<ConnectionState>? still = null)
    {
        var now = (await connections.Load(ConnectionDecider.Stream(context.Workspace, id), CancellationToken.None)).State;
        var live = ConnectionDecider.RequireExisting(now);
        var renewed = new ReconnectConnection(
            $"v-{attempt:n}", live.Settings, live.Credentials, signedIn.Account, signedIn.Fingerprints, connector.Granted(signedIn.Grant),
            EndsAt: signedIn.Grant.EndsAt);
        await vault.Store(context.Workspace, id, renewed.VaultEntry, signedIn.Grant.Kept, CancellationToken.None);
        await change.Renew(context, id, renewed, still ?? (_ => { }), CancellationToken.None);
        return Connected(now.Name, connector, signedIn, again: true);
    }

    private static SignInOutcome.Connected Connected(string name, SignInConnector connector, SignedInAccount signedIn, bool again) =>
        new(name, signedIn.Account.Display, connector.Missing(signedIn.Grant), again);

    private static SignInOutcome.Confirm Confirm(
        RequestContext context, SignInReference of, AuthorizationStarted started, SignInConnector connector, SignedInAccount signedIn, string nonce) =>
        new(connector.Entry.Name, started.Name, signedIn.Account.Display, of.Workspace, context.Actor, nonce);

    private static void Still(ConnectionState now, Guid attempt)
    {
        if (now.SignIn is not { Phase: SignInPhase.CodeReceived } signIn || signIn.Start.Attempt != attempt)
            throw new RejectedException("authorization.stale", "A later sign-in took the place of this one, or the connection is gone.");
    }

    private async Task<string> Put(SignInReference of, SignedInAccount signedIn, Guid? other)
    {
        var nonce = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        await vault.Store(
            of.Workspace, of.Connection, PendingEntry(of.Attempt, nonce), new PendingSignIn(signedIn, other).Secret(), CancellationToken.None);
        return nonce;
    }

    // the table of entries alone gives nobody a nonce
    private static string PendingEntry(Guid attempt, string nonce) =>
        $"p-{attempt:n}-{Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(nonce)))}";
}
