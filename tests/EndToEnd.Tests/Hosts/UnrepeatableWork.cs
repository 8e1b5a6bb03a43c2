using EndToEnd.Tests.Harness;
using EndToEnd.Tests.Kills;

namespace EndToEnd.Tests.Hosts;

/// <summary>Unrepeatable activities of one connection, each of which has to run once.</summary>
internal sealed class UnrepeatableWork : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(180);

    private readonly Api api;
    private readonly FakeProvider provider;
    private readonly Guid connection = Guid.NewGuid();

    private UnrepeatableWork(Api api, FakeProvider provider) => (this.api, this.provider) = (api, provider);

    public static async Task<UnrepeatableWork> Begin(Deployment hosts, FakeProvider provider)
    {
        var work = new UnrepeatableWork(await hosts.ApiClient(hosts.ApiProcesses[0]), provider);
        (await work.api.Post("/api/connections", OwnedConnection.Body(work.connection, "Shop", provider.Address, "user"))).Is(201);
        return work;
    }

    /// <summary>Sends this many activities, and waits until each is done.</summary>
    public async Task Goes(int many)
    {
        foreach (var activity in await Accepted(many)) await IsDone(activity);
    }

    public void Dispose() => api.Dispose();

    private async Task<Guid[]> Accepted(int many)
    {
        var activities = Enumerable.Range(0, many).Select(_ => Guid.NewGuid()).ToArray();
        foreach (var some in activities.Chunk(10))
            await Task.WhenAll(some.Select(async activity => (await api.Post("/api/activities", Body(activity))).Is(202)));
        return activities;
    }

    private async Task IsDone(Guid activity)
    {
        await api.Reaches(activity, "succeeded", Deadline);
        Assert.Equal(1, provider.Done(activity));
    }

    private object Body(Guid id) => new
    {
        id,
        connectionId = connection,
        activity = "request",
        input = new { method = "POST", path = $"/{ProviderBehaviour.Quick}/{id}" }
    };
}
