using Connections.Domain;
using Connections.Domain.Token;

namespace Connections.Credentials.Tokens;

/// <summary>Identifies the credentials of one sign-in.</summary>
/// <param name="Entry">The vault entry of the sign-in's first tokens.</param>
public sealed record GrantReference(ConnectionId Connection, string Connector, int CredentialVersion, string Entry);

/// <summary>The result of a refresh at the provider.</summary>
public abstract record RefreshResult
{
    public sealed record Granted(Grant Grant) : RefreshResult;

    /// <param name="Unsure">The provider may have used up the refresh token, and its response was lost.</param>
    /// <param name="RetryAfter">The delay before a retry, if the provider sent one.</param>
    public sealed record Failed(FailureKind Kind, string Message, bool Unsure, TimeSpan? RetryAfter = null) : RefreshResult
    {
        /// <summary>The message in our own words, for events and logs; null if the message quotes nobody.</summary>
        public string? OwnWords { get; init; }

        public string Reason => OwnWords ?? Message;
    }
}

/// <summary>Requests fresh tokens from providers. Provider errors are results, not exceptions.</summary>
public interface IGrantProvider
{
    Task<RefreshResult> Refresh(GrantReference reference, Grant grant, CancellationToken ct);

    /// <summary>Revokes the grant at the provider. Null if that is not supported, or would end more than this grant.</summary>
    Task<bool?> Revoke(GrantReference reference, Grant grant, CancellationToken ct);

    /// <summary>Whether a use of a refresh token invalidates it. Such a token is never sent again if it may have been used.</summary>
    bool SingleUse(string connector);
}
