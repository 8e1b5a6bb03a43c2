using Connections.Domain.Activity;

namespace Connections.Operations;

/// <summary>From our reactors to our workers: one attempt of an activity, to be begun at just this revision of its stream.</summary>
/// <param name="Request">As recorded; its input is sealed.</param>
/// <param name="Attempts">Begun so far.</param>
public sealed record RunAttempt(
    string Workspace, Guid ActivityId, long Revision, int Attempts, ActivityRequested Request, string? Correlation, string? Causation);

/// <summary>Somebody should look whether the provider can be reached and takes the credentials.</summary>
/// <param name="Scheduled">Only if it is due; otherwise because an activity could not reach the provider.</param>
public sealed record CheckConnection(string Workspace, Guid ConnectionId, bool Scheduled);

/// <summary>A sign-in that ends when nobody uses it should be used.</summary>
/// <param name="TokenVersion">As it was found: newer tokens were got meanwhile, and suffice.</param>
public sealed record RenewGrant(string Workspace, Guid ConnectionId, int CredentialVersion, int TokenVersion);
