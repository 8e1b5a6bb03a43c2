namespace Bench;

/// <summary>
/// One day, minute by minute. A cell runs what arrives and what waits, up to its rate; what it cannot run waits in its queue, in order. A
/// failed cell accepts requests and runs none, as when its workers or its log are down and its callers retry. Each hour, workspaces grow or
/// shrink, and are moved out of cells that are over the plan.
/// </summary>
internal sealed class CellSimulation
{
    // Sums of many minutes leave a rest.
    private const double Rest = 1e-6;

    private readonly CellPlan plan;
    private readonly CellPlacement placement;
    private readonly double room;
    private readonly Random random;
    private readonly int parts;
    private readonly int split;
    private readonly double[] rates;

    // Per cell: what waits, by the minute of its arrival, and the first minute of which something waits.
    private readonly double[][] queued;
    private readonly int[] oldest;
    private readonly double[] waiting;
    private readonly int[] downUntil;
    private readonly List<double> uses = [];
    private readonly SortedDictionary<int, double> waits = [];
    private readonly int[] backAt;
    private int moves;
    private int longestDrain;
    private double arrived;
    private double ran;

    private CellSimulation(CellPlan plan)
    {
        this.plan = plan;
        random = new Random(plan.Seed);
        // The plan leaves the reserve free in an ordinary minute of the peak hour.
        var peak = Enumerable.Range(0, CellPlan.Minutes).Where(m => m % 60 > 1).Max(CellPlan.Load);
        room = plan.CellRate * (1 - plan.Reserve) / peak;
        (rates, split) = Rates();
        parts = rates.Length;
        placement = new CellPlacement(rates, room);
        queued = [.. Enumerable.Range(0, placement.Cells).Select(_ => new double[CellPlan.Minutes])];
        oldest = new int[placement.Cells];
        waiting = new double[placement.Cells];
        downUntil = new int[placement.Cells];
        backAt = new int[placement.Cells];
    }

    public static CellDay Run(CellPlan plan) => new CellSimulation(plan).Day();

    // A workspace that would use too much of a cell is split into equal parts.
    private (double[] Rates, int Split) Rates()
    {
        var weights = Enumerable.Range(1, plan.Workspaces).Select(n => Math.Pow(n, -plan.Skew)).ToArray();
        var (total, largest) = (weights.Sum(), room * CellPlan.LargestPart);
        var all = weights.Select(w => plan.ActivitiesPerDay / 86_400.0 * w / total).ToArray();
        return (
            [.. all.SelectMany(rate => Enumerable.Repeat(rate / Math.Ceiling(rate / largest), (int)Math.Ceiling(rate / largest)))],
            all.Count(rate => rate > largest));
    }

    private CellDay Day()
    {
        var failures = Enumerable.Range(0, plan.Failures)
            .Select(_ => (Minute: random.Next(CellPlan.Minutes), Cell: random.Next(placement.Cells))).ToLookup(f => f.Minute, f => f.Cell);
        for (var minute = 0; minute < CellPlan.Minutes; minute++)
        {
            foreach (var cell in failures[minute]) downUntil[cell] = backAt[cell] = minute + plan.FailureMinutes;
            if (minute % 60 == 59) Grow();
            for (var cell = 0; cell < placement.Cells; cell++) Step(cell, minute);
        }

        return Summary();
    }

    // One part of a hundred changes by up to half an hour's growth.
    private void Grow()
    {
        for (var i = 0; i < parts / 100; i++)
        {
            var part = random.Next(parts);
            placement.Change(part, rates[part] * (0.5 + random.NextDouble()));
        }

        moves += placement.Rebalance(room);
    }

    private void Step(int cell, int minute)
    {
        // Arrivals of many independent callers: nearly a normal distribution around the mean.
        var mean = placement.Used(cell) * CellPlan.Load(minute) * 60;
        var number = Math.Max(0, mean + (Math.Sqrt(mean) * Normal()));
        queued[cell][minute] = number;
        waiting[cell] += number;
        arrived += number;
        if (minute < downUntil[cell]) return;
        var left = Math.Min(plan.CellRate * 60, waiting[cell]);
        uses.Add(left / (plan.CellRate * 60));
        ran += left;
        waiting[cell] -= left;
        while (oldest[cell] <= minute && left > 0)
        {
            var from = oldest[cell];
            var taken = Math.Min(left, queued[cell][from]);
            waits[minute - from] = waits.GetValueOrDefault(minute - from) + taken;
            (left, queued[cell][from]) = (left - taken, queued[cell][from] - taken);
            if (queued[cell][from] <= Rest) oldest[cell]++;
        }

        if (backAt[cell] > 0 && waiting[cell] <= Rest) (longestDrain, backAt[cell]) = (Math.Max(longestDrain, minute - backAt[cell] + 1), 0);
    }

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private CellDay Summary()
    {
        uses.Sort();
        var delayed = waits.Where(w => w.Key >= 1).ToArray();
        var number = delayed.Sum(w => w.Value);
        if (Math.Abs(arrived - ran - waiting.Sum()) > 1e-6 * arrived) throw new InvalidOperationException("Activities were lost or invented.");
        var (upTo, p99) = (0.0, 0);
        foreach (var (minutes, many) in delayed)
        {
            upTo += many;
            p99 = minutes;
            if (upTo >= number * 0.99) break;
        }

        return new CellDay(
            placement.Cells, split, uses.Average(), uses[(int)((uses.Count - 1) * 0.99)], uses[^1], moves,
            number / ran, p99, delayed.Length == 0 ? 0 : delayed[^1].Key, longestDrain, waiting.Sum());
    }
}
