using Connections.ReadModels.Activities;
using Connections.ReadModels.Connections;
using Connections.ReadModels.Grants;
using Connections.ReadModels.Overview;
using Connections.ReadModels.Waits;
using EventSourcing.Sql;

namespace Bench;

/// <summary>The queries of the jobs and of the waker, at times at which the filled rows are due.</summary>
internal static class ScaleSweeps
{
    private const int PerRound = 500;

    public static IEnumerable<(string Name, Func<Task> Work)> All(SqlDatabase database)
    {
        var (rows, now) = (new ReadModelDatabase(database), TimeProvider.System.GetUtcNow());
        var (grants, connections) = (new GrantQueries(rows), new ConnectionQueries(rows));
        yield return ("sweep of grants near their end", () => grants.DueForWarning(now, PerRound, default));
        yield return ("sweep of grants to keep alive", () => grants.DueForWarmth(now + TimeSpan.FromDays(60), PerRound, default));
        yield return ("sweep of checks due", () => connections.DueForCheck(now + TimeSpan.FromDays(1), PerRound, default));
        yield return ("waker, activities due", () => new DueWaits(rows).Find(now + ScaleFill.FirstDue + TimeSpan.FromMinutes(10), _ => 4, PerRound, default));
        yield return ("waker, activities unanswered", () => new WaitQueries(rows).Unheard(now, PerRound, default));
        yield return ("retention, activities ended", () => new EndedActivities(rows).Before(now, null, PerRound, default));
        yield return ("metrics of all workspaces, each 15 s", () => new OverviewQueries(rows).Read(now, default));
    }
}
