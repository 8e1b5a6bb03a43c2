namespace Hosts.Tests.Crashes;

/// <summary>Crashes a process at every crash point.</summary>
internal static class CrashPoints
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Runs the work in a process that crashes at its first crash point, then again from the start with the second, until the work
    /// completes; after each run, another process checks the invariant.
    /// </summary>
    /// <returns>The number of crash points.</returns>
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
