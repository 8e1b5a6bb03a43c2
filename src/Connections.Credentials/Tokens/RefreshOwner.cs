using Connections.Credentials.Vault;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Domain.Token;
using EventSourcing;
using Microsoft.Extensions.Logging;

namespace Connections.Credentials.Tokens;

/// <summary>
/// What the owner of a refresh does: it asks the provider, puts the answer into the vault, and says so at the revision of its own start.
/// Null from any of these: something else happened to the stream; look again.
/// </summary>
public sealed class RefreshOwner(
    TokenStreams tokens, ConnectionStreams connections, IVault vault, IGrantProvider provider, TimeProvider clock, ILogger<RefreshOwner> log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <param name="began">The clock's stamp from before the start was appended.</param>
    public async Task<TokenResult?> Call(Loaded<TokenState> started, GrantReference of, Grant newest, string entry, long began)
    {
        if (Late(began)) return null;
        return await provider.Refresh(of, newest, CancellationToken.None) switch
        {
            RefreshResult.Granted granted => await Complete(started, of, granted.Grant, newest, entry, began),
            RefreshResult.Failed { Unsure: true } when provider.SingleUse(of.Connector) => await Lose(started, of, entry),
            RefreshResult.Failed failed => await Refuse(started, of, entry, failed),
            var other => throw new InvalidOperationException($"{other.GetType().Name} is not an answer.")
        };
    }

    public async Task<TokenResult?> Complete(Loaded<TokenState> started, GrantReference of, Grant given, Grant before, string entry, long began)
    {
        var grant = given.Following(before);
        if (!await Keep(of, entry, grant, began)) return TokenResult.None(FailureKind.ConnectionDeleted, "The connection was deleted.");
        var complete = new CompleteRefresh(entry, grant.ExpiresAt, given.RefreshToken is not null, grant.Scopes);
        if (!Late(began) && await Append(started, of, complete)) return new TokenResult(started.State.Open!.TokenVersion, grant);
        await Repair(of, entry); // else who takes over finds it in the vault
        return null;
    }

    /// <summary>Nobody knows whether the refresh token was used: it is never sent again.</summary>
    public async Task<TokenResult?> Lose(Loaded<TokenState> started, GrantReference of, string entry) =>
        await Append(started, of, new LoseRefresh(entry)) ? TokenResult.None(FailureKind.ReauthRequired, TokenDecider.Unknown) : null;

    /// <summary>Given up as lost or refused by whoever took over, and here it is. A person who was faster is not overruled.</summary>
    public async Task Repair(GrantReference of, string entry)
    {
        var now = (await tokens.Load(TokenDecider.Stream(of.Workspace, of.Connection), CancellationToken.None)).State;
        if (now.CredentialVersion != of.CredentialVersion || now.Over is null) return;
        var connection = ConnectionDecider.Stream(of.Workspace, of.Connection);
        var repaired = await connections.Handle(
            connection, new RepairGrant(of.CredentialVersion, entry), Metadata(of), CancellationToken.None);
        if (repaired.Position is not null)
            log.LogInformation("Connection {Connection} of {Workspace} was repaired by a late refresh", of.Connection, of.Workspace);
    }

    internal static EventMetadata Metadata(GrantReference of) => new(of.Workspace, "tokens");

    private async Task<TokenResult?> Refuse(Loaded<TokenState> started, GrantReference of, string entry, RefreshResult.Failed failed) =>
        await Append(started, of, new RefuseRefresh(entry, failed.Kind, failed.Message))
            ? TokenResult.None(failed.Kind, failed.Message, failed.RetryAfter) : null;

    private async Task<bool> Append(Loaded<TokenState> started, GrantReference of, TokenCommand command)
    {
        try
        {
            return (await tokens.Append(started with { Position = null }, command, Metadata(of), CancellationToken.None)).Position is not null;
        }
        catch (StreamConflictException)
        {
            return false;
        }
    }

    // what the provider has just given exists nowhere else: a vault that is away is waited for, as long as it helps
    private async Task<bool> Keep(GrantReference of, string entry, Grant grant, long began)
    {
        while (true)
        {
            try
            {
                await vault.Put(of.Workspace, of.Connection, entry, grant.Kept, CancellationToken.None);
                return true;
            }
            catch (VaultDestroyedException)
            {
                return false;
            }
            catch (Exception away) when (clock.GetElapsedTime(began) < TokenTimes.TakeOverAfter)
            {
                log.LogWarning("Fresh tokens of connection {Connection} cannot be kept yet: {Error}", of.Connection, away.GetType().Name);
            }

            await Task.Delay(Pause, clock);
        }
    }

    private bool Late(long began) => clock.GetElapsedTime(began) >= TokenTimes.OwnerLimit;
}
