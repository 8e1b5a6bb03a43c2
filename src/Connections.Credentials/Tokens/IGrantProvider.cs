using Connections.Domain;

namespace Connections.Credentials;

/// <summary>The credentials of one sign-in.</summary>
/// <param name="Entry">Where the tokens of the sign-in itself lie.</param>
public sealed record SignedIn(string Workspace, Guid Connection, string Connector, int CredentialVersion, string Entry);

/// <summary>What a provider said to a refresh.</summary>
public abstract record RefreshAnswer
{
    public sealed record Granted(Grant Grant) : RefreshAnswer;

    /// <param name="Unsure">The provider may have used up the refresh token, and nobody has its answer.</param>
    /// <param name="RetryAfter">When to ask again, where the provider said so.</param>
    public sealed record Failed(FailureKind Kind, string Message, bool Unsure, TimeSpan? RetryAfter = null) : RefreshAnswer;
}

/// <summary>Asks providers for fresh tokens. Answers, never throws for what a provider does.</summary>
public interface IGrantProvider
{
    Task<RefreshAnswer> Refresh(SignedIn of, Grant grant, CancellationToken ct);

    /// <summary>Tells the provider that this grant is over. Null: that is not supported, or would end more than this grant.</summary>
    Task<bool?> Revoke(SignedIn of, Grant grant, CancellationToken ct);

    /// <summary>Whether using a refresh token ends it: then it is never sent when somebody may have used it.</summary>
    bool SingleUse(string connector);
}
