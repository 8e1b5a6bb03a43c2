using Connections.Domain;
using Connections.Domain.Activity;
using EventSourcing;

namespace Connections.ReadModels.Activities;

/// <summary>An activity as the API shows it, with input and output still sealed.</summary>
public sealed record ActivityView
{
    public required string Workspace { get; init; }

    public required Guid Id { get; init; }

    public required ActivityRequested Request { get; init; }

    public required ActivityStatus Status { get; init; }

    /// <summary>The connection of the last attempt; null while none was found.</summary>
    public Guid? ConnectionId { get; init; }

    public string? Connector { get; init; }

    public int Attempts { get; init; }

    public FailureKind? WaitingFor { get; init; }

    /// <summary>How far the activity's long job had come when that was stored last; null if nothing was stored.</summary>
    public StageProgress? Progress { get; init; }

    public string? Output { get; init; }

    public ActivityError? Error { get; init; }

    public required DateTimeOffset RequestedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>The time of the next attempt; null when none is planned or another event has to happen first.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public int CredentialVersion { get; init; }

    /// <summary>The version of the token used; 0 is the token of the sign-in, or no token.</summary>
    public int TokenVersion { get; init; }

    public required long Version { get; init; }

    public bool Ended => FinishedAt is not null;

    public static ActivityView? Evolve(ActivityView? was, RecordedEvent recorded)
    {
        var e = (ActivityEvent)ActivityDecider.Names.Read(recorded);
        var now = was is null && e is not ActivityRequested ? null : Change(was, e, recorded);
        return now is null ? null : now with { Status = ActivityState.StatusAfter(e), Version = recorded.Revision };
    }

    public static ActivityView? Fold(IEnumerable<RecordedEvent> events) => events.Aggregate((ActivityView?)null, Evolve);

    private static ActivityView Create(ActivityRequested r, RecordedEvent recorded)
    {
        var id = ActivityId.Parse(recorded.Stream);
        return new ActivityView
        {
            Workspace = id.Workspace,
            Id = id.Value,
            Request = r,
            Status = ActivityStatus.Requested,
            ConnectionId = r.ConnectionId,
            Connector = r.Connector,
            RequestedAt = recorded.At,
            Version = recorded.Revision
        };
    }

    internal static ActivityView Change(ActivityView? was, ActivityEvent e, RecordedEvent recorded) => e switch
    {
        ActivityRequested r => Create(r, recorded),
        ActivityStarted s => was! with
        {
            ConnectionId = s.ConnectionId,
            Connector = s.Connector,
            Attempts = s.Attempt,
            CredentialVersion = s.CredentialVersion,
            TokenVersion = 0,
            StartedAt = was.StartedAt ?? recorded.At,
            NextAttemptAt = null,
            WaitingFor = null,
            Error = null
        },
        ActivityStageSaved s => was! with { Progress = s.Progress },
        ActivityDeferred d => was! with
        {
            WaitingFor = d.Kind,
            NextAttemptAt = d.Until,
            Error = new ActivityError(d.Kind, d.Message, d.SealedMessage),
            ConnectionId = d.ConnectionId ?? was.ConnectionId,
            TokenVersion = d.Facts.TokenVersion ?? 0
        },
        ActivitySucceeded s => End(was!, s, null, recorded) with { Output = s.Output },
        ActivityFailed f => End(was!, f, new ActivityError(f.Kind, f.Message, f.SealedMessage), recorded),
        ActivityOutcomeUnknown u => End(was!, u, new ActivityError(u.Kind, u.Message, u.SealedMessage), recorded),
        ActivityCancelled c => End(was!, c, null, recorded),
        _ => throw new System.Diagnostics.UnreachableException($"{e.GetType().Name} is not in the view")
    };

    private static ActivityView End(ActivityView was, ActivityEnd end, ActivityError? error, RecordedEvent recorded) =>
        was with { Error = error, WaitingFor = null, NextAttemptAt = null, FinishedAt = recorded.At, TokenVersion = end.Facts.TokenVersion ?? 0 };
}

/// <param name="SealedMessage">The connector's own message, sealed; null where <paramref name="Message"/> contains it.</param>
public sealed record ActivityError(FailureKind Kind, string Message, string? SealedMessage);
