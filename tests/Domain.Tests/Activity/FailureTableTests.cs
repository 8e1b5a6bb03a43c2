using Connections.Domain;
using Connections.Domain.Activity;

namespace Domain.Tests.Activity;

/// <summary>The effect of each failure on the activity, depending on repeatability, delivery, and whether it waits for people.</summary>
public sealed class FailureTableTests : ActivitySpec
{
    private const ActivityStatus Waits = ActivityStatus.Waiting;
    private const ActivityStatus Fails = ActivityStatus.Failed;
    private const ActivityStatus Unsure = ActivityStatus.Unknown;

    private static readonly FailureKind[] NeverOutcomes = [FailureKind.Busy, FailureKind.WorkerLost, FailureKind.ProviderJob];

    public static TheoryData<FailureKind, ActivityStatus, ActivityStatus, ActivityStatus, ActivityStatus, ActivityStatus> Table => new()
    {
        // kind; not delivered; maybe; surely; for repeatable activities: not delivered; maybe or surely
        { FailureKind.ReauthRequired, Waits, Waits, Waits, Waits, Waits },
        { FailureKind.Throttled, Waits, Waits, Waits, Waits, Waits },
        { FailureKind.Unavailable, Waits, Unsure, Unsure, Waits, Waits },
        { FailureKind.Timeout, Waits, Unsure, Unsure, Waits, Waits },
        { FailureKind.Operator, Waits, Waits, Waits, Waits, Waits },
        { FailureKind.Forbidden, Fails, Fails, Fails, Fails, Fails },
        { FailureKind.InvalidInput, Fails, Unsure, Fails, Fails, Fails },
        { FailureKind.NotFound, Fails, Fails, Fails, Fails, Fails },
        { FailureKind.ConnectionDeleted, Fails, Fails, Fails, Fails, Fails },
        { FailureKind.Internal, Fails, Unsure, Fails, Fails, Fails }
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Each_failure_has_the_listed_effect(
        FailureKind kind, ActivityStatus undelivered, ActivityStatus maybe, ActivityStatus delivered, ActivityStatus repeatedUndelivered,
        ActivityStatus repeated)
    {
        foreach (var onReauth in Enum.GetValues<OnReauth>())
        {
            var fails = kind == FailureKind.ReauthRequired && onReauth == OnReauth.Fail;
            Assert.Equal(fails ? Fails : undelivered, After(kind, false, Delivered.No, onReauth));
            Assert.Equal(fails ? Fails : maybe, After(kind, false, Delivered.Maybe, onReauth));
            Assert.Equal(fails ? Fails : delivered, After(kind, false, Delivered.Yes, onReauth));
            Assert.Equal(fails ? Fails : repeatedUndelivered, After(kind, true, Delivered.No, onReauth));
            Assert.Equal(fails ? Fails : repeated, After(kind, true, Delivered.Maybe, onReauth));
            Assert.Equal(fails ? Fails : repeated, After(kind, true, Delivered.Yes, onReauth));
        }
    }

    [Fact]
    public void Every_failure_that_can_be_an_outcome_is_in_the_table() => Assert.Equal(
        Enum.GetValues<FailureKind>().Except(NeverOutcomes), Table.Select(row => row.Data.Item1));

    private static ActivityStatus After(FailureKind kind, bool repeatable, Delivered delivered, OnReauth onReauth)
    {
        var met = Given(Requested with { OnReauth = onReauth }, Started with { Repeatable = repeatable })
            .When(new RecordOutcome(1, new AttemptOutcome.Failed(kind, "As seen.", delivered, null), Now, 0));
        var e = met.ThenOne<ActivityEvent>();
        Assert.Equal<FailureKind?>(kind, e switch
        {
            ActivityDeferred d => d.Kind,
            ActivityFailed f => f.Kind,
            ActivityOutcomeUnknown u => u.Kind,
            _ => null as FailureKind?
        });
        return met.Now.Status;
    }
}
