using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Connections.Credentials;
using Connections.Domain;
using EventSourcing;

namespace Connections.Operations;

/// <summary>Who signed in, and what the provider gave.</summary>
public sealed record SignedInAccount(Grant Grant, Account Account, IReadOnlyList<string> Fingerprints);

/// <summary>Makes a connection of a sign-in, or mends one; or keeps it in the vault until whoever signed in has said so.</summary>
public sealed class ConcludeSignIns(
    ConnectionStreams connections,
    SignInAttempts attempts,
    SignInConnectors connectors,
    ChangeConnections change,
    ClaimKeeper claims,
    StoppedSignIns stopped,
    IVault vault,
    TimeProvider clock)
{
    private static readonly JsonElement Nothing = JsonDocument.Parse("{}").RootElement;

    public async Task<SignInEnd> Conclude(
        Who who, SignInReturn back, AuthorizationStarted started, SignInConnector connector, SignedInAccount signedIn)
    {
        if (back.SameBrowser) return await Connect(who, back.Of, started, connector, signedIn);
        stopped.Of(back.Of, "other-browser");
        return Confirm(who, back.Of, started, connector, signedIn, await Put(back.Of, signedIn, null));
    }

    /// <summary>The click on a page of ours.</summary>
    public async Task<SignInEnd> Confirm(SignInReference of, string nonce, CancellationToken ct)
    {
        var now = (await connections.Load(ConnectionDecider.Stream(of.Workspace, of.Connection), ct)).State;
        var attempt = await attempts.Read(of, ct);
        var who = attempt.Who;
        var pending = await Kept(of, nonce, ct);
        if (pending is null || now.SignIn is not { } signIn || signIn.Of.Attempt != of.Attempt)
        {
            stopped.Of(of, pending is null ? "nonce" : "replaced");
            return new SignInEnd.Failed("There is nothing to confirm here any more. Start again.");
        }

        if (clock.GetUtcNow() > signIn.Of.Until) return await Fail(who, of, "expired", ConnectionDecider.RanOut);
        try
        {
            var connector = connectors.Find(signIn.Of.Connector, of.Workspace);
            if (pending.Other is { } other) return await Mend(who, other, connector, pending.SignedIn, of.Attempt);
            return signIn.Phase == SignInPhase.Succeeded
                ? Connected(now.Name, connector, pending.SignedIn, attempt.Connected is { Again: true }) // clicked twice
                : await Connect(who, of, signIn.Of, connector, pending.SignedIn);
        }
        catch (RejectedException refused)
        {
            return await Fail(who, of, refused.Code, refused.Message);
        }
    }

    /// <summary>The page with a button that this browser was shown before; null where there is nothing to click any more.</summary>
    internal async Task<SignInEnd?> Ask(Who who, SignInReference of, SignIn signIn, Pending pending, string nonce)
    {
        var connector = connectors.Find(signIn.Of.Connector, of.Workspace);
        if (pending.Other is not { } other)
            return signIn.Over ? null : Confirm(who, of, signIn.Of, connector, pending.SignedIn, nonce);
        var holder = (await connections.Load(ConnectionDecider.Stream(of.Workspace, other), CancellationToken.None)).State;
        return holder.Exists ? new SignInEnd.ConnectedAlready(pending.SignedIn.Account.Display, holder.Name, nonce) : null;
    }

    /// <summary>What waits for a click; null: nothing that this nonce opens.</summary>
    internal async Task<Pending?> Kept(SignInReference of, string nonce, CancellationToken ct) =>
        await vault.Get(of.Workspace, of.Connection, PendingEntry(of.Attempt, nonce), ct) is { } kept ? Pending.Of(kept) : null;

    /// <summary>Recorded, and told.</summary>
    public async Task<SignInEnd> Fail(Who who, SignInReference of, string reason, string message)
    {
        var failed = await connections.Handle(
            ConnectionDecider.Stream(of.Workspace, of.Connection),
            new FailAuthorization(of.Attempt, reason, message),
            who.Metadata,
            CancellationToken.None);
        if (failed.Position is null) stopped.Of(of, "ended");
        else if (failed.State is { Exists: false, SignIn.Of: var was })
            await claims.GiveUpName(who, of.Connection, was.Connector, was.Name, CancellationToken.None); // free at once
        return new SignInEnd.Failed(message);
    }

    private async Task<SignInEnd> Connect(
        Who who, SignInReference of, AuthorizationStarted started, SignInConnector connector, SignedInAccount signedIn)
    {
        var now = (await connections.Load(ConnectionDecider.Stream(of.Workspace, of.Connection), CancellationToken.None)).State;
        try
        {
            if (now.Exists) return await Mend(who, of.Connection, connector, signedIn, of.Attempt, state => Still(state, of.Attempt));
            await Create(who, of, started, connector, signedIn);
            return Connected(started.Name, connector, signedIn, again: false);
        }
        catch (RejectedException taken) when (taken.Code == "connection.account-taken" && taken.Facts["connectionId"] is Guid other)
        {
            var holder = (await connections.Load(ConnectionDecider.Stream(of.Workspace, other), CancellationToken.None)).State;
            var nonce = await Put(of, signedIn, other);
            await Fail(who, of, "account-taken", $"{signedIn.Account.Display} is connected already, as \"{holder.Name}\".");
            return new SignInEnd.ConnectedAlready(signedIn.Account.Display, holder.Name, nonce);
        }
        catch (RejectedException refused)
        {
            return await Fail(who, of, refused.Code.Split('.')[^1], refused.Message);
        }
    }

    private async Task Create(Who who, SignInReference of, AuthorizationStarted started, SignInConnector connector, SignedInAccount signedIn)
    {
        var entry = $"v1-{of.Attempt:n}";
        var created = new ConnectionCreated(
            started.Connector, started.Name, started.Settings, Nothing, entry, signedIn.Account, signedIn.Fingerprints, Outcome.Ok,
            connector.Granted(signedIn.Grant), EndsAt: signedIn.Grant.EndsAt);
        await vault.Keep(of.Workspace, of.Connection, entry, signedIn.Grant.Kept, CancellationToken.None);
        await connections.Handle(ConnectionDecider.Stream(of.Workspace, of.Connection), who.Metadata, async (now, token) =>
        {
            // claimed behind the revision that the event is appended at: a fence in between is a conflict
            Still(now.State, of.Attempt);
            var taken = await claims.TakeAccount(who, of.Connection, signedIn.Fingerprints, token);
            now.OnFailure(() => claims.GiveBack(taken, who, CancellationToken.None));
            return new CreateConnection(created);
        }, CancellationToken.None);
    }

    private async Task<SignInEnd> Mend(
        Who who, Guid id, SignInConnector connector, SignedInAccount signedIn, Guid attempt, Action<ConnectionState>? still = null)
    {
        var now = (await connections.Load(ConnectionDecider.Stream(who.Workspace, id), CancellationToken.None)).State;
        var live = ConnectionDecider.Changeable(now);
        var renewed = new ReconnectConnection(
            $"v-{attempt:n}", live.Settings, live.Credentials, signedIn.Account, signedIn.Fingerprints, connector.Granted(signedIn.Grant),
            EndsAt: signedIn.Grant.EndsAt);
        await vault.Keep(who.Workspace, id, renewed.VaultEntry, signedIn.Grant.Kept, CancellationToken.None);
        await change.Renew(who, id, renewed, still ?? (_ => { }), CancellationToken.None);
        return Connected(now.Name, connector, signedIn, again: true);
    }

    private static SignInEnd.Connected Connected(string name, SignInConnector connector, SignedInAccount signedIn, bool again) =>
        new(name, signedIn.Account.Display, connector.Missing(signedIn.Grant), again);

    private static SignInEnd.Confirm Confirm(
        Who who, SignInReference of, AuthorizationStarted started, SignInConnector connector, SignedInAccount signedIn, string nonce) =>
        new(connector.Entry.Name, started.Name, signedIn.Account.Display, of.Workspace, who.Actor, nonce);

    private static void Still(ConnectionState now, Guid attempt)
    {
        if (now.SignIn is not { Phase: SignInPhase.CodeReceived } signIn || signIn.Of.Attempt != attempt)
            throw new RejectedException("authorization.stale", "A later sign-in took the place of this one, or the connection is gone.");
    }

    private async Task<string> Put(SignInReference of, SignedInAccount signedIn, Guid? other)
    {
        var nonce = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        await vault.Keep(
            of.Workspace, of.Connection, PendingEntry(of.Attempt, nonce), new Pending(signedIn, other).Secret(), CancellationToken.None);
        return nonce;
    }

    // the table of entries alone gives nobody a nonce
    private static string PendingEntry(Guid attempt, string nonce) =>
        $"p-{attempt:n}-{Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(nonce)))}";
}
