using Connections.Domain;
using Connections.Domain.Token;

namespace Connections.Credentials.Tokens;

/// <summary>The credentials of one sign-in.</summary>
/// <param name="Entry">Where the tokens of the sign-in itself lie.</param>
public sealed record GrantReference(string Workspace, Guid Connection, string Connector, int CredentialVersion, string Entry);

/// <summary>What a provider said to a refresh.</summary>
public abstract record RefreshResult
{
    public sealed record Granted(Grant Grant) : RefreshResult;

    /// <param name="Unsure">The provider may have used up the refresh token, and nobody has its answer.</param>
    /// <param name="RetryAfter">When to ask again, where the provider said so.</param>
    public sealed record Failed(FailureKind Kind, string Message, bool Unsure, TimeSpan? RetryAfter = null) : RefreshResult;
}

/// <summary>Asks providers for fresh tokens. Answers, never throws for what a provider does.</summary>
public interface IGrantProvider
{
    Task<RefreshResult> Refresh(GrantReference of, Grant grant, CancellationToken ct);

    /// <summary>Tells the provider that this grant is over. Null: that is not supported, or would end more than this grant.</summary>
    Task<bool?> Revoke(GrantReference of, Grant grant, CancellationToken ct);

    /// <summary>Whether using a refresh token ends it: then it is never sent when somebody may have used it.</summary>
    bool SingleUse(string connector);
}
