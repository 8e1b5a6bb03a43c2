using System.Collections.Concurrent;
using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests.Kills;

/// <summary>
/// Sends activities, and repeats each one without a response until there is one.
/// </summary>
internal sealed class ActivitySender(Guid[] connections, string[] names, int seed, int timeoutSeconds = 60)
{
    private const int AtOnce = 6;

    private readonly Random random = new(seed);
    private readonly Lock sync = new();
    private readonly ConcurrentQueue<SentActivity> unheard = new();

    /// <summary>The mail connections. With these, a third of all activities is mail.</summary>
    public IReadOnlyList<(Guid Id, string Name)> Mailboxes { get; init; } = [];

    /// <summary>Accepted with 202.</summary>
    public ConcurrentDictionary<Guid, SentActivity> Accepted { get; } = new();

    /// <summary>Rejected, so not allowed in the log.</summary>
    public ConcurrentBag<SentActivity> Refused { get; } = [];

    public int Unheard => unheard.Count;

    /// <summary>Sends until the service is unavailable, or this many were accepted.</summary>
    public Task Work(Api api, int most) => Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () =>
    {
        while (Accepted.Count < most && await Send(api, unheard.TryDequeue(out var again) ? again : Next()))
        {
        }
    })));

    /// <summary>Sends steadily, whether or not the service is available. At the end it repeats open requests, without new ones.</summary>
    public Task Insist(Api api, Func<bool> enough, int atOnce, TimeSpan pause) => Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => Task.Run(async () =>
    {
        while (true)
        {
            if (!unheard.TryDequeue(out var next) && enough()) return;
            await Send(api, next ?? Next());
            await Task.Delay(pause, TimeProvider.System);
        }
    })));

    /// <summary>Repeats the requests without a response, without new ones.</summary>
    public Task Finish(Api api) => Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () =>
    {
        while (unheard.TryDequeue(out var again)) Assert.True(await Send(api, again), "The service is gone.");
    })));

    /// <returns>False without a response.</returns>
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

    /// <summary>Waits until all accepted activities have ended.</summary>
    public async Task Ended(Api api, TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit, TimeProvider.System);
        await Parallel.ForEachAsync(Accepted.Keys, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (id, _) =>
        {
            var response = (await api.Activity(id)).Is(200);
            while (response["status"].GetString() is "requested" or "running" or "waiting")
            {
                Assert.False(timeout.IsCancellationRequested, $"It does not end: {response.Text}");
                response = (await api.Get($"/api/activities/{id}?waitSeconds=20")).Is(200);
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
    /// <summary>Null when the service became unavailable before the response.</summary>
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
