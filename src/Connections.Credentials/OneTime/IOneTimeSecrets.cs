using Connections.Domain;

namespace Connections.Credentials.OneTime;

/// <summary>Secrets for bus commands, which name them by an unguessable reference.</summary>
public interface IOneTimeSecrets
{
    Task<OneTimeSecret> Put(string workspace, Secret secret, CancellationToken ct);

    /// <summary>The first command that takes the secret owns it, and may take it again until the command ends.</summary>
    /// <exception cref="EventSourcing.RejectedException"><c>secret.not-found</c> (also if another command has it);
    /// <c>secret.expired</c>.</exception>
    Task<Secret> Take(string workspace, string reference, Guid commandId, CancellationToken ct);

    /// <summary>Destroys the secrets that the command took. Called when the command has ended, with any result.</summary>
    Task Ended(string workspace, Guid commandId, CancellationToken ct);

    /// <summary>Destroys secrets whose command took them a month ago and never ended.</summary>
    /// <param name="now">A time that may be relied on: what is destroyed cannot be brought back.</param>
    Task RemoveAbandoned(DateTimeOffset now, CancellationToken ct);
}

public sealed record OneTimeSecret(string Reference, DateTimeOffset ExpiresAt);
