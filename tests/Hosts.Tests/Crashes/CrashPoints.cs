namespace Hosts.Tests.Crashes;

/// <summary>Ends a process between every two steps of what it does.</summary>
internal static class CrashPoints
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Does the work in a process that ends at its first crossing, then, all anew, at its second, and so on until it ends none too early;
    /// after each, another process looks whether the promise holds.
    /// </summary>
    /// <returns>How many crossings there are.</returns>
    public static async Task<int> Each(CrashScenario before, Func<SimulatedProcess, Task> work, Func<SimulatedProcess, Task> promise)
    {
        for (var crossing = 1; ; crossing++)
        {
            using var world = before.Copy();
            var (died, where) = await Work(world, work, crossing);
            await using var next = await SimulatedProcess.Begin(world);
            try
            {
                await Task.Run(() => promise(next)).WaitAsync(Limit);
            }
            catch (Exception broken)
            {
                throw new InvalidOperationException($"The process ended at crossing {crossing}, {where}. {broken.Message}", broken);
            }

            if (died) continue;
            TestContext.Current.TestOutputHelper?.WriteLine($"{crossing - 1} crossings");
            return crossing - 1;
        }
    }

    private static async Task<(bool Died, string Where)> Work(CrashScenario world, Func<SimulatedProcess, Task> work, int crossing)
    {
        await using var mortal = await SimulatedProcess.Begin(world);
        mortal.Life.EndsAt(crossing);
        var working = Task.Run(() => work(mortal));
        await (await Task.WhenAny(working, mortal.Life.Ended).WaitAsync(Limit));
        return (mortal.Life.Over, mortal.Life.Last);
    }
}
