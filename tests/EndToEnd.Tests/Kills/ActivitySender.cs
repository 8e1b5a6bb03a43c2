using System.Collections.Concurrent;
using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests.Kills;

/// <summary>
/// Sends activities as a careful caller does: what was sent and not answered is sent again, the same, until it is answered.
/// </summary>
internal sealed class ActivitySender(Guid[] connections, string[] names, int seed, int timeoutSeconds = 60)
{
    private const int AtOnce = 6;

    private readonly Random random = new(seed);
    private readonly Lock sync = new();
    private readonly ConcurrentQueue<SentActivity> unheard = new();

    /// <summary>Connections that mail is sent over, where there are any: a third of all is mail.</summary>
    public IReadOnlyList<(Guid Id, string Name)> Mailboxes { get; init; } = [];

    /// <summary>Answered with 202.</summary>
    public ConcurrentDictionary<Guid, SentActivity> Accepted { get; } = new();

    /// <summary>Answered with a refusal: not to be in the log.</summary>
    public ConcurrentBag<SentActivity> Refused { get; } = [];

    public int Unheard => unheard.Count;

    /// <summary>Until the service is gone, or so many were accepted.</summary>
    public Task Work(Api api, int most) => Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () =>
    {
        while (Accepted.Count < most && await Send(api, unheard.TryDequeue(out var again) ? again : Next()))
        {
        }
    })));

    /// <summary>Steadily, whether the service is there or not; in the end what was not answered, and nothing new.</summary>
    public Task Insist(Api api, Func<bool> enough, int atOnce, TimeSpan pause) => Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => Task.Run(async () =>
    {
        while (true)
        {
            if (!unheard.TryDequeue(out var next) && enough()) return;
            await Send(api, next ?? Next());
            await Task.Delay(pause, TimeProvider.System);
        }
    })));

    /// <summary>What is left unanswered, and nothing new.</summary>
    public Task Finish(Api api) => Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () =>
    {
        while (unheard.TryDequeue(out var again)) Assert.True(await Send(api, again), "The service is gone.");
    })));

    /// <returns>False when nothing was heard.</returns>
    public async Task<bool> Send(Api api, SentActivity activity)
    {
        if (await IgnoreDisconnect.Gone(() => api.Post("/api/activities", activity.Body)) is not { } answer)
        {
            unheard.Enqueue(activity);
            return false;
        }

        if (answer.Status == 202) Accepted[activity.Id] = activity;
        else if (activity.Doomed && answer.Is(410).Code == "connection.deleted") Refused.Add(activity);
        else answer.Is(202);
        return true;
    }

    /// <summary>All that was accepted has ended.</summary>
    public async Task Ended(Api api, TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit, TimeProvider.System);
        await Parallel.ForEachAsync(Accepted.Keys, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (id, _) =>
        {
            var told = (await api.Activity(id)).Is(200);
            while (told["status"].GetString() is "requested" or "running" or "waiting")
            {
                Assert.False(timeout.IsCancellationRequested, $"It does not end: {told.Text}");
                told = (await api.Get($"/api/activities/{id}?waitSeconds=20")).Is(200);
            }
        });
    }

    public SentActivity Doomed(Guid connection)
    {
        lock (sync) return SentActivity.New(random, connection, named: null, doomed: true, timeoutSeconds);
    }

    public SentActivity Next()
    {
        lock (sync)
        {
            if (Mailboxes.Count > 0 && random.Next(3) == 0) return Mail();
            var n = random.Next(connections.Length);
            return SentActivity.New(random, connections[n], random.Next(4) == 0 ? names[n] : null, doomed: false, timeoutSeconds);
        }
    }

    private SentActivity Mail()
    {
        var (id, name) = Mailboxes[random.Next(Mailboxes.Count)];
        return SentActivity.Mail(id, random.Next(4) == 0 ? name : null, timeoutSeconds);
    }
}

internal static class IgnoreDisconnect
{
    /// <summary>Null when the service went away before it answered.</summary>
    public static async Task<ApiResponse?> Gone(Func<Task<ApiResponse>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            return null;
        }
    }
}
