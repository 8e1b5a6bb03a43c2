using Connections.Domain;
using EventSourcing;

namespace Connections.ReadModels;

/// <summary>An activity as people see it, its input and output still sealed.</summary>
public sealed record ActivityView
{
    public required string Workspace { get; init; }

    public required Guid Id { get; init; }

    public required ActivityRequested Request { get; init; }

    public required ActivityStatus Status { get; init; }

    /// <summary>The connection of the last attempt, where one was found.</summary>
    public Guid? ConnectionId { get; init; }

    public string? Connector { get; init; }

    public int Attempts { get; init; }

    public FailureKind? WaitingFor { get; init; }

    public string? Output { get; init; }

    public ActivityError? Error { get; init; }

    public required DateTimeOffset RequestedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public int CredentialVersion { get; init; }

    /// <summary>0 is the token of the sign-in; 0 too where none was used.</summary>
    public int TokenVersion { get; init; }

    public required long Version { get; init; }

    public bool Ended => FinishedAt is not null;

    public static ActivityView? Evolve(ActivityView? was, RecordedEvent recorded)
    {
        var e = (ActivityEvent)ActivityDecider.Names.Read(recorded);
        var now = e is ActivityRequested requested ? Ask(requested, recorded) : was is null ? null : Change(was, e, recorded.At);
        return now is null ? null : now with { Version = recorded.Revision };
    }

    public static ActivityView? Fold(IEnumerable<RecordedEvent> events) => events.Aggregate((ActivityView?)null, Evolve);

    private static ActivityView Ask(ActivityRequested r, RecordedEvent recorded)
    {
        var name = StreamName.Of(recorded.Stream);
        return new ActivityView
        {
            Workspace = name.Workspace,
            Id = name.Id,
            Request = r,
            Status = ActivityStatus.Requested,
            ConnectionId = r.ConnectionId,
            Connector = r.Connector,
            RequestedAt = recorded.At,
            Version = recorded.Revision
        };
    }

    private static ActivityView Change(ActivityView was, ActivityEvent e, DateTimeOffset at) => e switch
    {
        ActivityStarted s => was with
        {
            Status = ActivityStatus.Running,
            ConnectionId = s.ConnectionId,
            Connector = s.Connector,
            Attempts = s.Attempt,
            CredentialVersion = s.CredentialVersion,
            TokenVersion = 0,
            StartedAt = was.StartedAt ?? at,
            WaitingFor = null,
            Error = null
        },
        ActivityDeferred d => was with
        {
            Status = ActivityStatus.Waiting,
            WaitingFor = d.Kind,
            Error = new ActivityError(d.Kind, d.Message, d.Said),
            ConnectionId = d.ConnectionId ?? was.ConnectionId,
            TokenVersion = d.Facts.TokenVersion ?? 0
        },
        ActivitySucceeded s => End(was, ActivityStatus.Succeeded, null, s.Facts, at) with { Output = s.Output },
        ActivityFailed f => End(was, ActivityStatus.Failed, new ActivityError(f.Kind, f.Message, f.Said), f.Facts, at),
        ActivityOutcomeUnknown u => End(was, ActivityStatus.Unknown, new ActivityError(u.Kind, u.Message, u.Said), u.Facts, at),
        ActivityCancelled c => End(was, ActivityStatus.Cancelled, null, c.Facts, at),
        _ => was
    };

    private static ActivityView End(ActivityView was, ActivityStatus status, ActivityError? error, ActivityFacts facts, DateTimeOffset at) =>
        was with { Status = status, Error = error, WaitingFor = null, FinishedAt = at, TokenVersion = facts.TokenVersion ?? 0 };
}

/// <param name="Said">The connector's own words, sealed; where there are none the message tells it.</param>
public sealed record ActivityError(FailureKind Kind, string Message, string? Said);
