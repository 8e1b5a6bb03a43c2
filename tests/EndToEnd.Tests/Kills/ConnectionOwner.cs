using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests.Kills;

/// <summary>A connection from the view of its owner, who repeats each command until there is a response.</summary>
internal sealed class OwnedConnection
{
    private static readonly string[] Repeated = ["connection-tested", "connection-reconnected"];

    private readonly Queue<(string Command, Func<Api, Task<ApiResponse?>> Say)> left = [];
    private readonly Dictionary<string, (int Said, int Heard)> counts = [];
    private readonly string user = $"user-{Guid.NewGuid():n}";

    public OwnedConnection(string provider, Random random, ActivitySender sender)
    {
        Name = $"owned {Id}";
        var body = Body(Id, Name, provider, user);
        Then("connection-created", 201, api => api.Post("/api/connections", body));
        for (var i = random.Next(5); i >= 0; i--) Anything(random, sender);
        if (random.Next(2) == 0) return;
        Deleted = true;
        Run(sender);
        Then("connection-deleted", 204, api => api.Delete($"/api/connections/{Id}"));
    }

    public Guid Id { get; } = Guid.NewGuid();

    public bool Done => left.Count == 0;

    /// <summary>Checks once all commands have a response.</summary>
    public string Name { get; private set; }

    /// <summary>Checks once all commands have a response.</summary>
    public bool Deleted { get; }

    public static object Body(Guid id, string name, string provider, string user) => new
    {
        id,
        connector = "http",
        name,
        settings = new { baseUrl = provider, auth = "basic" },
        credentials = new { username = user, password = $"pw-{Guid.NewGuid():n}" },
        rotateBy = "2099-01-01T00:00:00Z" // far enough away for no warning
    };

    /// <returns>False without a response: the command has to be repeated.</returns>
    public async Task<bool> SayNext(Api api)
    {
        var (command, say) = left.Peek();
        var (sent, heard) = counts.GetValueOrDefault(command);
        counts[command] = (sent + 1, heard);
        if (await say(api) is null) return false;
        counts[command] = (sent + 1, heard + 1);
        left.Dequeue();
        return true;
    }

    /// <summary>
    /// An idempotent command has exactly one event. Any other has at least one per response, and at most one per request.
    /// </summary>
    public void IsAsSaid(ApiResponse now, string[] history)
    {
        Assert.Equal((Name, Deleted ? "deleted" : "connected"), (now["name"].GetString(), now["status"].GetString()));
        foreach (var (command, (sent, heard)) in counts.Where(c => c.Key != "activity"))
        {
            var found = history.Count(h => h == command);
            var most = Repeated.Contains(command) ? sent : heard;
            var right = found >= heard && found <= most;
            Assert.True(right, $"{command} was heard {heard} times of {sent}, and is there {found} times: {now.Text}");
        }

        Assert.Equal(1 + history.Count(h => h == "connection-reconnected"), now["credentialVersion"].GetInt32());
        Assert.Equal(history.Length - 1, now["version"].GetInt32());
        Assert.Empty(history.Except([.. counts.Keys, Snapshot.Checked, Deleted ? "connection-secrets-destroyed" : ""]));
    }

    private void Anything(Random random, ActivitySender sender)
    {
        switch (random.Next(4))
        {
            case 0:
                var name = Name = $"renamed {Guid.NewGuid()}";
                Then("connection-renamed", 200, api => api.Patch($"/api/connections/{Id}", new { name }));
                break;
            case 1:
                Then("connection-tested", 200, api => api.Post($"/api/connections/{Id}/test"));
                break;
            case 2:
                var credentials = new { username = user, password = $"pw-{Guid.NewGuid():n}" };
                Then("connection-reconnected", 200, api => api.Post($"/api/connections/{Id}/reconnect", new { credentials }));
                break;
            default:
                Run(sender);
                break;
        }
    }

    // Without a response the sender repeats the command, perhaps after the connection was deleted.
    private void Run(ActivitySender sender)
    {
        left.Enqueue(("activity", Send));

        async Task<ApiResponse?> Send(Api api)
        {
            await sender.Send(api, sender.Doomed(Id));
            return new ApiResponse(202, default, "");
        }
    }

    private void Then(string command, int status, Func<Api, Task<ApiResponse>> call)
    {
        counts.TryAdd(command, (0, 0));
        left.Enqueue((command, async api => (await IgnoreDisconnect.Gone(() => call(api)))?.Is(status)));
    }
}

/// <summary>Owners that create connections one after the other.</summary>
internal sealed class ConnectionOwner(string provider, ActivitySender sender, int seed)
{
    private readonly Random random = new(seed);

    public List<OwnedConnection> All { get; } = [];

    public async Task Work(Api api, Func<bool> enough)
    {
        do
        {
            if (enough()) return;
            if (All.Count == 0 || All[^1].Done) All.Add(new OwnedConnection(provider, random, sender));
        }
        while (await All[^1].SayNext(api));
    }

    public async Task Finish(Api api)
    {
        while (All.Count > 0 && !All[^1].Done) Assert.True(await All[^1].SayNext(api), "The service is gone.");
    }
}
