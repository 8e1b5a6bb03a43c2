namespace Bench;

/// <summary>The size of a simulated platform, and what goes wrong on one day.</summary>
/// <param name="Skew">The exponent of Zipf: workspace n has a share in proportion to n to the minus of it.</param>
/// <param name="CellRate">The activities a second that one cell can run, as measured.</param>
/// <param name="Reserve">The share of a cell's rate that its workspaces leave free at the peak of the day, as planned.</param>
/// <param name="Failures">The number of cells that fail during the day, at random minutes.</param>
internal sealed record CellPlan(
    long ActivitiesPerDay, int Workspaces, double Skew, double CellRate, double Reserve, int Failures, int FailureMinutes, int Seed)
{
    public const int Minutes = 24 * 60;

    /// <summary>No workspace may use more of a cell than this; a larger one is split into parts, which are placed like workspaces.</summary>
    public const double LargestPart = 0.25;

    /// <summary>
    /// The load of a minute relative to the mean: low at night, two humps in working hours, and a burst in the first minutes of each hour,
    /// when schedules fire.
    /// </summary>
    public static double Load(int minute) => Shape(minute) / Mean;

    private static double Mean { get; } = Enumerable.Range(0, Minutes).Average(Shape);

    private static double Shape(int minute)
    {
        var hour = minute / 60.0;
        var day = 0.45 + (0.75 * Hump(hour, 10.5, 2.2)) + (0.7 * Hump(hour, 15, 2.4)) + (0.15 * Hump(hour, 20, 2));
        return day * (minute % 60) switch { 0 => 1.5, 1 => 1.2, _ => 1 };
    }

    private static double Hump(double hour, double at, double width) => Math.Exp(-Math.Pow((hour - at) / width, 2));
}

/// <param name="SplitWorkspaces">Workspaces that are too large for one part.</param>
/// <param name="DelayedShare">The share of the activities that waited for a minute or longer.</param>
/// <param name="P99Wait">The 99th percentile of the wait of the delayed ones, in minutes.</param>
/// <param name="Left">The activities that still waited at the end of the day.</param>
/// <param name="LongestDrain">The minutes from the return of a cell until its queue was empty.</param>
internal sealed record CellDay(
    int Cells, int SplitWorkspaces, double MeanUse, double P99Use, double HighestUse, int Moves,
    double DelayedShare, double P99Wait, double LongestWait, int LongestDrain, double Left);
