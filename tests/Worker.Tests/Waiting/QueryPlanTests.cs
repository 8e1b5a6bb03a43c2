using Connections.ReadModels;
using EventSourcing;

namespace Worker.Tests.Waiting;

/// <summary>Every question that the waker asks each second is answered from an index, in the order of the index.</summary>
public sealed class QueryPlanTests
{
    private static readonly object Any = new
    {
        Now = 1L,
        most = 1,
        room = 1,
        upTo = 1L,
        Workspace = "w",
        Queue = "q",
        FreeBefore = 1L
    };

    public static TheoryData<string, string> Questions => new()
    {
        { "queues", DueWaits.QueuesSql },
        { "timed", DueWaits.TimedSql },
        { "let go", DueWaits.LetGoSql },
        { "next", DueWaits.NextSql },
        { "unheard", WaitQueries.UnheardSql },
        { "overdue", WaitQueries.OverdueSql },
        { "running", WaitQueries.RunningSql }
    };

    [Theory]
    [MemberData(nameof(Questions))]
    public async Task A_question_of_the_waker_scans_and_sorts_no_table(string name, string sql)
    {
        await using var rows = await Rows.Of(new InMemoryEventLog(), new WaitsProjection(new WakeSignal()));
        var plan = await rows.Plan(sql, Any);
        Assert.NotEmpty(plan);
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {string.Join("; ", plan)}");
        Assert.DoesNotContain(plan, step => step.Contains("TEMP B-TREE", StringComparison.Ordinal) || Scans(step));
    }

    // the count of what is busy is over a subquery that stops at its limit
    private static bool Scans(string step) =>
        step.StartsWith("SCAN", StringComparison.Ordinal) && step != "SCAN busy" && !step.Contains("USING INDEX", StringComparison.Ordinal);
}
