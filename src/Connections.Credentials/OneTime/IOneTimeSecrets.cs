using Connections.Domain;

namespace Connections.Credentials.OneTime;

/// <summary>Secrets on their way to a bus command, which names them by a reference that cannot be guessed.</summary>
public interface IOneTimeSecrets
{
    Task<OneTimeSecret> Put(string workspace, Secret secret, CancellationToken ct);

    /// <summary>The first command that takes it owns it, and may take it again until it ended.</summary>
    /// <exception cref="EventSourcing.RejectedException"><c>secret.not-found</c> (another command has it, too); <c>secret.expired</c>.</exception>
    Task<Secret> Take(string workspace, string reference, Guid commandId, CancellationToken ct);

    /// <summary>The command came to its end, whichever: what it took is destroyed.</summary>
    Task Ended(string workspace, Guid commandId, CancellationToken ct);
}

public sealed record OneTimeSecret(string Reference, DateTimeOffset ExpiresAt);
