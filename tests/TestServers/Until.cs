using System.Diagnostics;

namespace TestServers;

/// <summary>Waits for a condition with a deadline. Tests wait only with this class.</summary>
public static class Until
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    // A condition that takes longer is read less often: reading it takes CPU from what it waits for.
    private static readonly TimeSpan LongPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(3);

    /// <summary>Reads a value until it matches, and returns it.</summary>
    /// <param name="what">What is expected, for the error message.</param>
    public static async Task<T> Seen<T>(Func<Task<T>> read, Func<T, bool> matches, string what, TimeSpan? limit = null)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var value = await read();
            if (matches(value)) return value;
            var waited = Stopwatch.GetElapsedTime(started);
            if (waited > (limit ?? Limit)) throw new TimeoutException($"Did not happen: {what}. Last value: {value}");
            await Task.Delay(waited < Soon ? Pause : LongPause, TimeProvider.System);
        }
    }

    public static Task Holds(Func<bool> condition, string what, TimeSpan? limit = null) =>
        Seen(() => Task.FromResult(condition()), held => held, what, limit);

    public static Task Holds(Func<Task<bool>> condition, string what, TimeSpan? limit = null) => Seen(condition, held => held, what, limit);
}
