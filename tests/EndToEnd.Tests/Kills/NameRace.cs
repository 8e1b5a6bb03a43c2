using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests.Kills;

/// <summary>Two callers request the same name or account until they get a response. One of them succeeds.</summary>
internal sealed class NameRace
{
    private readonly (Guid Id, object Body)[] rivals;
    private readonly int?[] heard = [null, null];

    public NameRace(string provider, bool forName)
    {
        rivals = [.. Enumerable.Range(0, 2).Select(_ => Guid.NewGuid()).Select(id => (id, OwnedConnection.Body(
            id,
            forName ? $"Contested {What}" : $"contestant {id}",
            provider,
            forName ? $"contestant-{id:n}" : $"contested-{What:n}")))];
    }

    private Guid What { get; } = Guid.NewGuid();

    public bool Known => heard.All(h => h is not null);

    public Guid Winner => rivals[Array.IndexOf(heard, 201)].Id;

    public Task Work(Api api) => Task.WhenAll(Request(api, 0), Request(api, 1));

    public async Task IsWonByOne(Api api)
    {
        Assert.Equal([201, 409], heard.Select(h => h!.Value).Order());
        Assert.Equal("connected", (await api.Connection(Winner)).Is(200)["status"].GetString());
        (await api.Connection(rivals[Array.IndexOf(heard, 409)].Id)).Refuses(404, "connection.not-found");
    }

    private async Task Request(Api api, int one)
    {
        if (heard[one] is null) heard[one] = (await IgnoreDisconnect.Gone(() => api.Post("/api/connections", rivals[one].Body)))?.Status;
    }
}
