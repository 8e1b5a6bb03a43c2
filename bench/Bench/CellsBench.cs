using System.Globalization;

namespace Bench;

/// <summary>Simulates a day of activities over many cells, of which some fail and come back. The same seed gives the same day.</summary>
internal static class CellsBench
{
    public static Task Run(Options options)
    {
        var plan = new CellPlan(
            ActivitiesPerDay: options.Number("millions", 1_000) * 1_000_000L,
            Workspaces: options.Number("workspaces", 100_000),
            Skew: options.Number("skew", 90) / 100.0,
            CellRate: options.Number("rate", 300),
            Reserve: options.Number("reserve", 30) / 100.0,
            Failures: options.Number("failures", 20),
            FailureMinutes: options.Number("minutes", 30),
            Seed: options.Number("seed", 1));
        Console.WriteLine(
            $"seed {plan.Seed}: {plan.ActivitiesPerDay:N0} activities a day, {plan.Workspaces:N0} workspaces (Zipf {plan.Skew}), "
            + $"{plan.CellRate} activities/s for one cell, {plan.Failures} failures of {plan.FailureMinutes} minutes");
        Console.WriteLine("| reserve | cells | split workspaces | mean use | p99 use of a cell-minute | highest use | moves | delayed | wait p99 of the delayed | longest wait | longest drain | left |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var reserve in new[] { 0.1, 0.2, 0.3, 0.5, plan.Reserve }.Distinct().Order()) Print(reserve, CellSimulation.Run(plan with { Reserve = reserve }));
        return Task.CompletedTask;
    }

    private static void Print(double reserve, CellDay day) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {reserve:P0} | {day.Cells:N0} | {day.SplitWorkspaces} | {day.MeanUse:P0} | {day.P99Use:P0} | {day.HighestUse:P0} | {day.Moves:N0} "
        + $"| {day.DelayedShare:P2} | {day.P99Wait:N1} min | {day.LongestWait:N1} min | {day.LongestDrain:N0} min | {day.Left:N0} |"));
}
