using Connections.Domain;
using Connections.Domain.Activity;

namespace Domain.Tests.Properties;

/// <summary>A model of an activity without events, after the protocol: the effect of each command.</summary>
internal sealed record ActivityModel
{
    private static readonly FailureKind[] Passing = [FailureKind.Throttled, FailureKind.Operator, FailureKind.Busy];

    public ActivityStatus Status { get; private init; } = ActivityStatus.Absent;

    /// <summary>Attempts begun so far.</summary>
    public int Attempts { get; private init; }

    private bool Repeatable { get; init; }

    private bool Resumable { get; init; }

    private string? Stage { get; init; }

    /// <summary>Whether an attempt may have done the work, so that only a success is a certain end.</summary>
    private bool MaybeDone { get; init; }

    private bool FailsOnReauth { get; init; }

    private DateTimeOffset Deadline { get; init; }

    private bool Ready => Status is ActivityStatus.Requested or ActivityStatus.Waiting;

    public ActivityModel After(ActivityCommand command) => command switch
    {
        RequestActivity c when Status == ActivityStatus.Absent => this with
        {
            Status = ActivityStatus.Requested,
            FailsOnReauth = c.Request.OnReauth == OnReauth.Fail,
            Deadline = c.Request.Deadline
        },
        AcceptActivity c when Status == ActivityStatus.Absent => After(new RequestActivity(c.Request)).After(c.First),
        StartActivity c when Ready && c.Started.Attempt == Attempts + 1 => this with
        {
            Status = ActivityStatus.Running,
            Attempts = Attempts + 1,
            Repeatable = c.Started.Repeatable
        },
        SaveStage c when Status == ActivityStatus.Running && c.Attempt == Attempts && c.Entry != Stage =>
            this with { Stage = c.Entry, Resumable = c.Resumable },
        DeferActivity c when Ready && c.Attempts == Attempts => this with { Status = ActivityStatus.Waiting },
        RefuseActivity when Ready => this with { Status = Undone(ActivityStatus.Failed) },
        EndOverdueActivity c when Ready && Deadline <= c.At => this with { Status = Undone(ActivityStatus.Failed) },
        CancelActivity when Ready => this with { Status = Undone(ActivityStatus.Cancelled) },
        JudgeLostAttempt c when Status == ActivityStatus.Running && c.Attempt == Attempts => Repeatable || Resumable
            ? this with { Status = ActivityStatus.Waiting, MaybeDone = MaybeDone || !Repeatable }
            : this with { Status = ActivityStatus.Unknown },
        RecordOutcome c when Attempts > 0 && c.Attempt == Attempts => After(Meaning(c.Outcome), c.Outcome),
        SettleActivity c when Status == ActivityStatus.Unknown =>
            this with { Status = c.Succeeded ? ActivityStatus.Succeeded : ActivityStatus.Failed },
        _ => this
    };

    private ActivityStatus Undone(ActivityStatus end) => MaybeDone ? ActivityStatus.Unknown : end;

    // A late outcome settles an unknown outcome and changes nothing else.
    private ActivityModel After(ActivityStatus outcome, AttemptOutcome reported) => Status switch
    {
        ActivityStatus.Running => this with
        {
            Status = outcome,
            MaybeDone = MaybeDone || (outcome == ActivityStatus.Waiting && Resumable && !Repeatable
                && reported is AttemptOutcome.Failed { Delivered: not Delivered.No })
        },
        ActivityStatus.Unknown when outcome is ActivityStatus.Succeeded or ActivityStatus.Failed => this with { Status = outcome },
        _ => this
    };

    private ActivityStatus Meaning(AttemptOutcome outcome)
    {
        if (outcome is AttemptOutcome.Pending) return ActivityStatus.Waiting;
        if (outcome is not AttemptOutcome.Failed failed) return ActivityStatus.Succeeded;
        if (failed.Kind is FailureKind.Unavailable or FailureKind.Timeout)
            return failed.Delivered == Delivered.No || Repeatable || Resumable ? ActivityStatus.Waiting : ActivityStatus.Unknown;
        if (failed.Kind is FailureKind.Internal or FailureKind.InvalidInput && failed.Delivered == Delivered.Maybe && !Repeatable)
            return ActivityStatus.Unknown;
        var waits = failed.Kind == FailureKind.ReauthRequired ? !FailsOnReauth : Passing.Contains(failed.Kind);
        return waits ? ActivityStatus.Waiting : Undone(ActivityStatus.Failed);
    }
}
