using Connections.Domain.Activity;

namespace Connections.Operations.Messages;

/// <summary>From reactor to worker: one attempt of an activity, to be started at exactly this revision of its stream.</summary>
/// <param name="Request">As recorded; the input is sealed.</param>
/// <param name="Attempts">Attempts begun so far.</param>
public sealed record RunAttempt(
    string Workspace, Guid ActivityId, long Revision, int Attempts, ActivityRequested Request, string? Correlation, string? Causation);

/// <summary>Requests a health check: is the provider reachable, and does it accept the credentials?</summary>
/// <param name="Scheduled">True: check only if a check is due. False: an activity could not reach the provider.</param>
public sealed record CheckConnection(string Workspace, Guid ConnectionId, bool Scheduled);

/// <summary>Requests a refresh of a sign-in that would end if it stayed unused.</summary>
/// <param name="TokenVersion">The version that was found. If there are newer tokens, nothing is done.</param>
public sealed record RenewGrant(string Workspace, Guid ConnectionId, int CredentialVersion, int TokenVersion);
