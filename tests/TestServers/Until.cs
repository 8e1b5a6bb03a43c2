using System.Diagnostics;

namespace TestServers;

/// <summary>Waits on a condition with a deadline: the way of tests to wait.</summary>
public static class Until
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Looks until what it sees is what was waited for, and answers that.</summary>
    /// <param name="what">For the message, should it not come.</param>
    public static async Task<T> Seen<T>(Func<Task<T>> look, Func<T, bool> good, string what, TimeSpan? limit = null)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var seen = await look();
            if (good(seen)) return seen;
            if (Stopwatch.GetElapsedTime(started) > (limit ?? Limit)) throw new TimeoutException($"Did not happen: {what}. Last seen: {seen}");
            await Task.Delay(Pause, TimeProvider.System);
        }
    }

    public static Task Holds(Func<bool> condition, string what, TimeSpan? limit = null) =>
        Seen(() => Task.FromResult(condition()), held => held, what, limit);

    public static Task Holds(Func<Task<bool>> condition, string what, TimeSpan? limit = null) => Seen(condition, held => held, what, limit);
}
