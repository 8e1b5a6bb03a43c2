using EndToEnd.Tests.Harness;
using TestServers;

namespace EndToEnd.Tests.Chaos;

/// <summary>A connection that was created and changed over the bus.</summary>
internal sealed record BusOwned(Guid Id, string Name, bool Deleted, int Reconnects)
{
    public void IsAsSaid(ApiResponse now, string[] history)
    {
        Assert.Equal((Name, Deleted ? "deleted" : "connected"), (now["name"].GetString(), now["status"].GetString()));
        Assert.Equal(1 + Reconnects, now["credentialVersion"].GetInt32());
        Assert.Equal(Reconnects, history.Count(h => h == "connection-reconnected"));
        Assert.Single(history, "connection-created");
        Assert.Equal(history.Length - 1, now["version"].GetInt32());
    }
}

/// <summary>
/// Creates and changes connections over the bus, one command after the other. Each command is repeated until its response arrives. A
/// command may therefore be handled late and twice, and changes nothing the second time.
/// </summary>
internal sealed class BusOwner(RabbitMqServer broker, BusListener listener, Api api, string provider, int seed)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(6);

    private readonly Random random = new(seed);

    public List<BusOwned> All { get; } = [];

    /// <summary>The command without a response; empty when there is none.</summary>
    public string Saying { get; private set; } = "";

    public async Task Work(Func<bool> enough)
    {
        await using var sender = new BusSender(broker);
        do All.Add(await One(sender));
        while (!enough());
    }

    private async Task<BusOwned> One(BusSender sender)
    {
        var (id, user) = (Guid.NewGuid(), $"user-{Guid.NewGuid():n}");
        var (name, reconnects, deleted) = ($"bus {id}", random.Next(2), random.Next(2) == 0);
        var (settings, made) = (new { baseUrl = provider, auth = "basic" }, await Secret(user));
        await Send(sender, "create-connection", "connection-created", c => new
        {
            workspace = "default",
            commandId = c,
            correlationId = c.ToString(),
            connectionId = id,
            connector = "http",
            name,
            settings,
            secretReference = made
        });
        await Send(sender, "test-connection", "connection-tested", c => Plain(c, id));
        if (reconnects == 1)
        {
            var secret = await Secret(user);
            await Send(sender, "reconnect-connection", "connection-reconnected", c => new
            {
                workspace = "default",
                commandId = c,
                correlationId = c.ToString(),
                connectionId = id,
                secretReference = secret
            });
        }

        if (random.Next(2) == 0)
        {
            name = $"bus renamed {id}";
            await Send(sender, "rename-connection", "connection-renamed", c => new
            {
                workspace = "default",
                commandId = c,
                correlationId = c.ToString(),
                connectionId = id,
                name
            });
        }

        if (deleted) await Send(sender, "delete-connection", "connection-deleted", c => Plain(c, id));
        return new BusOwned(id, name, deleted, reconnects);
    }

    private static object Plain(Guid command, Guid connection) =>
        new { workspace = "default", commandId = command, correlationId = command.ToString(), connectionId = connection };

    private Task<string> Secret(string user) => Until.Seen(
        async () => (await Kills.IgnoreDisconnect.Gone(() => api.Post(
            "/api/secrets", new { credentials = new { username = user, password = $"pw-{Guid.NewGuid():n}" } })))?.Is(201)["reference"].GetString() ?? "",
        reference => reference.Length > 0,
        "a secret is kept",
        Deadline);

    private async Task Send(BusSender sender, string command, string answer, Func<Guid, object> message)
    {
        var id = Guid.NewGuid();
        var what = message(id);
        Saying = $"{command} {id}";
        await Until.Holds(
            async () => await sender.Send(command, what) && await Heard(id.ToString(), answer), $"{command} {id} is answered by {answer}", Deadline);
        Saying = "";
    }

    private bool Refused(string command) => listener.Refusals.Any(r => r.Contains(command, StringComparison.Ordinal));

    private async Task<bool> Heard(string correlation, string answer)
    {
        try
        {
            await Until.Holds(() => listener.Answers.GetValueOrDefault(correlation)?.Contains(answer) == true || Refused(correlation), answer, Soon);
            return Refused(correlation) ? throw new InvalidOperationException(string.Join('\n', listener.Refusals)) : true;
        }
        catch (TimeoutException)
        {
            return false; // the response may be delayed: repeat the command
        }
    }
}
