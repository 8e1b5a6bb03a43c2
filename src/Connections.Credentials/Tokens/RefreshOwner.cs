using Connections.Credentials.Vault;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Domain.Token;
using EventSourcing;
using Microsoft.Extensions.Logging;

namespace Connections.Credentials.Tokens;

/// <summary>
/// The steps of the owner of a refresh: call the provider, store the response in the vault, and append the outcome at the revision of its
/// own start. A result of null means that the stream changed meanwhile: load it again.
/// </summary>
public sealed class RefreshOwner(
    TokenStreams tokens, ConnectionStreams connections, IVault vault, IGrantProvider provider, TimeProvider clock, ILogger<RefreshOwner> log)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    /// <param name="began">The clock's timestamp from before the start was appended.</param>
    public async Task<TokenResult?> Call(Loaded<TokenState> started, GrantReference reference, Grant newest, string entry, long began)
    {
        if (HasExpired(began)) return null;
        return await provider.Refresh(reference, newest, CancellationToken.None) switch
        {
            RefreshResult.Granted granted => await Complete(started, reference, granted.Grant, newest, entry, began),
            RefreshResult.Failed { Unsure: true } when provider.SingleUse(reference.Connector) => await Lose(started, reference, entry),
            RefreshResult.Failed failed => await Refuse(started, reference, entry, failed),
            var other => throw new InvalidOperationException($"{other.GetType().Name} is not a known refresh result.")
        };
    }

    public async Task<TokenResult?> Complete(
        Loaded<TokenState> started, GrantReference reference, Grant received, Grant before, string entry, long began)
    {
        var grant = received.Following(before);
        if (!await Store(reference, entry, grant, began))
            return TokenResult.None(FailureKind.ConnectionDeleted, "The connection was deleted.");
        var complete = new CompleteRefresh(entry, grant.ExpiresAt, received.RefreshToken is not null, grant.Scopes);
        if (!HasExpired(began) && await Append(started, reference, complete))
            return new TokenResult(started.State.Open!.TokenVersion, grant);
        await Repair(reference, entry); // otherwise the host that takes over finds the tokens in the vault
        return null;
    }

    /// <summary>Records that the refresh token may have been used. The token is never sent again.</summary>
    public async Task<TokenResult?> Lose(Loaded<TokenState> started, GrantReference reference, string entry) =>
        await Append(started, reference, new LoseRefresh(entry))
            ? TokenResult.None(FailureKind.ReauthRequired, TokenDecider.Unknown)
            : null;

    /// <summary>
    /// Repairs a grant that another host declared lost or rejected, if the new tokens are in the vault. A reconnect by a person is kept.
    /// </summary>
    public async Task Repair(GrantReference reference, string entry)
    {
        var now = (await tokens.Load(reference.Connection.Token, CancellationToken.None)).State;
        if (now.CredentialVersion != reference.CredentialVersion || now.Over is null) return;
        var connection = reference.Connection;
        var repaired = await connections.Handle(
            connection, new RepairGrant(reference.CredentialVersion, entry), Metadata(reference), CancellationToken.None);
        if (repaired.Position is not null)
            log.LogInformation(
                "Connection {Connection} of {Workspace} was repaired by a refresh that completed late", connection.Value, connection.Workspace);
    }

    internal static EventMetadata Metadata(GrantReference reference) => new(reference.Connection.Workspace, "tokens");

    private async Task<TokenResult?> Refuse(
        Loaded<TokenState> started, GrantReference reference, string entry, RefreshResult.Failed failed) =>
        await Append(started, reference, new RefuseRefresh(entry, failed.Kind, failed.Reason))
            ? TokenResult.None(failed.Kind, failed.Message, failed.RetryAfter) with { OwnWords = failed.OwnWords } : null;

    private async Task<bool> Append(Loaded<TokenState> started, GrantReference reference, TokenCommand command)
    {
        try
        {
            var appended = await tokens.Append(started with { Position = null }, command, Metadata(reference), CancellationToken.None);
            return appended.Position is not null;
        }
        catch (StreamConflictException)
        {
            return false;
        }
    }

    // The new tokens exist nowhere else. If the vault is unavailable, retry for as long as the result can still be used.
    private async Task<bool> Store(GrantReference reference, string entry, Grant grant, long began)
    {
        while (true)
        {
            try
            {
                await vault.Put(reference.Connection, entry, grant.Stored, CancellationToken.None);
                return true;
            }
            catch (VaultDestroyedException)
            {
                return false;
            }
            catch (Exception error) when (clock.GetElapsedTime(began) < TokenTimes.TakeOverAfter)
            {
                log.LogWarning(
                    "Cannot store the new tokens of connection {Connection} yet, retrying: {Error}", reference.Connection.Value,
                    error.GetType().Name);
            }

            await Task.Delay(RetryDelay, clock);
        }
    }

    private bool HasExpired(long began) => clock.GetElapsedTime(began) >= TokenTimes.OwnerLimit;
}
