using Connections.ReadModels.Activities;
using Connections.ReadModels.Connections;
using Connections.ReadModels.Grants;
using Connections.ReadModels.Waits;
using EventSourcing;
using Worker.Tests.Harness;

namespace Worker.Tests;

/// <summary>Every frequent query reads an index, in the order of the index.</summary>
public abstract class QueryPlanContract(RowStore store)
{
    private static readonly object Any = new
    {
        Now = 1L,
        most = 1,
        room = 1,
        upTo = 1L,
        limit = 1,
        Workspace = "w",
        Queue = "q",
        Id = "i",
        FreeBefore = 1L,
        Before = 1L,
        GraceMs = 0L,
        At = 0L
    };

    public static TheoryData<string, string, string> Questions => new()
    {
        { "queues", DueWaits.QueuesSql, "wait_queues_look" },
        { "timed", DueWaits.TimedSql, "waits_due" },
        { "let go", DueWaits.ReleasedSql, "waits_parked" },
        { "next", DueWaits.NextSql, "waits_due" },
        { "unheard", WaitQueries.UnheardSql, "waits_resend" },
        { "overdue", WaitQueries.OverdueSql, "waits_deadline" },
        { "running", WaitQueries.RunningSql, "waits_running" },
        { "lost", WaitQueries.LostSql, "waits_running" },
        { "due for a check", ConnectionQueries.DueSql, "connections_due" },
        { "secrets left", ConnectionQueries.SecretsLeftSql, "connections_secrets" },
        { "to be warned of", GrantQueries.WarnSql, "grants_warn" },
        { "to be kept warm", GrantQueries.WarmSql, "grants_warm" },
        { "tokens of many events", GrantQueries.ManyEventsSql, "grants_long" },
        { "ended", EndedActivities.BeforeSql, "activities_ended" },
        { "oldest", EndedActivities.OldestSql, "activities_oldest" },
        { "newest", EndedActivities.NewestSql, "activities_oldest" }
    };

    [Theory]
    [MemberData(nameof(Questions))]
    public async Task A_query_scans_and_sorts_no_table(string name, string sql, string index)
    {
        await using var rows = await Rows.Create(
            store, new InMemoryEventLog(), new WaitsProjection(new WakeSignal()), new ConnectionsProjection(), new ActivitiesProjection(),
            new GrantsProjection(new NoLimits()));
        var plan = await rows.Plan(sql, Any);
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {string.Join('\n', plan)}");
        Assert.Contains(plan, step => System.Text.RegularExpressions.Regex.IsMatch(step, $"{store.ByIndex}{index}\\b"));
        Assert.DoesNotContain(plan, store.Costly);
    }
}
