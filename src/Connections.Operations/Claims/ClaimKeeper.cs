using Connections.Domain;
using Connections.Domain.Claims;
using Connections.Domain.Connection;
using EventSourcing;

namespace Connections.Operations.Claims;

/// <summary>
/// Takes claims on names and accounts. Another connection's claim counts while that connection's stream confirms it. An unconfirmed claim
/// is respected for a minute and then taken over, behind a fence on its holder's stream, so that a slow holder fails.
/// </summary>
public sealed class ClaimKeeper(ClaimStreams claims, ConnectionStreams connections, ClaimGracePeriod grace, TimeProvider clock)
{
    private const int MaxAttempts = 10;

    /// <exception cref="RejectedException"><c>connection.name-taken</c></exception>
    public Task<Claim> TakeName(RequestContext context, Guid connection, string connector, string name, CancellationToken ct) => Take(
        new Claim(ClaimId.ForName(context.Workspace, connector, name), connection, Guid.NewGuid()),
        context,
        holder => Connector(holder) == connector && ConnectionName.Key(holder.Name) == ConnectionName.Key(name),
        holder => Taken("connection.name-taken", $"The name \"{name}\" is taken by another connection of this connector.", holder),
        ct);

    /// <summary>Takes all claims or none: after a rejection the claims already taken are released.</summary>
    /// <exception cref="RejectedException"><c>connection.account-taken</c></exception>
    public async Task<IReadOnlyList<Claim>> TakeAccount(RequestContext context, Guid connection, IEnumerable<string> fingerprints, CancellationToken ct)
    {
        var taken = new List<Claim>();
        try
        {
            // A fixed order, so that one of two connections with the same account wins.
            foreach (var fingerprint in fingerprints.Order(StringComparer.Ordinal))
            {
                taken.Add(await Take(
                    new Claim(ClaimId.ForAccount(fingerprint), connection, Guid.NewGuid()),
                    context,
                    holder => holder.Live?.Fingerprints.Contains(fingerprint) == true,
                    holder => Taken("connection.account-taken", "This account is connected already.", holder),
                    ct));
            }

            return taken;
        }
        catch (RejectedException)
        {
            await GiveBack(taken, context, ct);
            throw;
        }
    }

    /// <summary>Releases claims after a rejection, so that others need not wait for the grace period.</summary>
    public async Task GiveBack(IEnumerable<Claim> taken, RequestContext context, CancellationToken ct)
    {
        foreach (var claim in taken)
            await claims.Handle(claim.Id, new ReleaseClaim(claim.Connection, claim.Attempt), context.Metadata, ct);
    }

    /// <summary>Releases the earlier name after a rename, so that it is free at once.</summary>
    public async Task GiveUpName(RequestContext context, Guid connection, string connector, string name, CancellationToken ct)
    {
        var id = ClaimId.ForName(context.Workspace, connector, name);
        var claim = await claims.Load(id, ct);
        if (claim.State.Holder == connection) await GiveBack([new Claim(id, connection, claim.State.Attempt)], context, ct);
    }

    private static string? Connector(ConnectionState holder) => holder.Creation?.Connector ?? holder.SignIn?.Start.Connector;

    // A sign-in holds its name for its ten minutes.
    private bool SigningIn(ConnectionState holder) =>
        holder.Status == ConnectionStatus.Authorizing && !SignInTime.HasPassed(holder.SignIn!.Start.Until, clock.GetUtcNow());

    private async Task<Claim> Take(
        Claim wanted, RequestContext context, Func<ConnectionState, bool> confirms, Func<Guid, RejectedException> taken, CancellationToken ct)
    {
        await claims.Handle(wanted.Id, context.Metadata, async (claim, token) =>
        {
            if (claim.State.Holder is { } holder && holder != wanted.Connection)
            {
                var held = await connections.Load(context.Connection(holder), token);
                if (held.State.Exists && confirms(held.State)) throw taken(holder);
                if (SigningIn(held.State) && confirms(held.State)) throw TakenBySignIn(holder, held.State.SignIn!.Start.Until);
                var mayConfirm = held.State.Status is not (ConnectionStatus.Deleted or ConnectionStatus.Abandoned);
                if (mayConfirm && !claim.State.Released && !grace.HasPassed(claim.Stream, claim.Revision)) throw taken(holder);
                // A new fence for each attempt: the holder may have read its stream after the previous fence.
                await connections.Append(held, new FenceConnection(Guid.NewGuid(), wanted.Id.Stream), context.Metadata, token);
            }

            return new TakeClaim(wanted.Connection, wanted.Attempt);
        }, ct, MaxAttempts);
        return wanted;
    }

    private static RejectedException TakenBySignIn(Guid holder, DateTimeOffset until) => Taken(
        "connection.name-taken",
        $"A sign-in that was started and not completed holds this name until {until.UtcDateTime:HH:mm:ss} UTC. Complete it, wait until then, "
        + $"or delete the connection {holder}.",
        holder);

    private static RejectedException Taken(string code, string detail, Guid holder) =>
        new(code, detail) { Facts = new Dictionary<string, object?> { ["connectionId"] = holder } };
}

/// <summary>One attempt to take a name or an account.</summary>
public sealed record Claim(ClaimId Id, Guid Connection, Guid Attempt);
