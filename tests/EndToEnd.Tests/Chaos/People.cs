using EndToEnd.Tests.Harness;
using EndToEnd.Tests.Kills;
using EndToEnd.Tests.SignIns;
using TestServers;

namespace EndToEnd.Tests.Chaos;

/// <summary>
/// Each has a mailbox, signs in for its connection, and signs in again whenever that says it needs its person: of a refresh that was broken off
/// nobody knows whether the provider used up the old token.
/// </summary>
internal sealed class People : IAsyncDisposable
{
    private static readonly string[] Names = ["ada", "bob", "cyd", "dan", "eve", "fay", "gus", "hal"];
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly Fleet fleet;
    private readonly CancellationTokenSource over = new();
    private readonly (Guid Id, string Name)[] mailboxes = [.. Names.Select(name => (Guid.NewGuid(), name))];
    private Task mending = Task.CompletedTask;
    private string lastFault = "";

    private People(Fleet fleet) => this.fleet = fleet;

    public IReadOnlyList<(Guid Id, string Name)> Mailboxes => mailboxes;

    /// <summary>Why somebody had to sign in again, each time.</summary>
    public List<string?> Reasons { get; } = [];

    /// <summary>Returns once all have signed in.</summary>
    public static async Task<People> SignIn(Fleet fleet)
    {
        var people = new People(fleet);
        foreach (var box in people.mailboxes)
            await Until.Holds(() => people.Tries(box, "/api/connections", new { id = box.Id, connector = "demo-mail", name = box.Name }, 202), $"{box.Name} signs in", Patience);
        people.mending = Task.Run(people.Mend);
        return people;
    }

    /// <summary>No connection needs its person any more.</summary>
    public async Task AreContent() => await Until.Seen(
        async () => (Statuses: string.Join(' ', (await Task.WhenAll(mailboxes.Select(box => Status(box.Id)))).Distinct()), lastFault),
        seen => seen.Statuses == "connected",
        "every mailbox is connected",
        Patience);

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        await mending;
        over.Dispose();
    }

    private async Task Mend()
    {
        while (!over.IsCancellationRequested)
        {
            foreach (var box in mailboxes)
            {
                if (await Shown(box.Id) is not { } now || now["status"].GetString() != "reauthRequired") continue;
                if (await Tries(box, $"/api/connections/{box.Id}/reconnect", new { }, 200)) Reasons.Add(now["statusReason"].GetString());
            }

            await Task.WhenAny(Task.Delay(Pause, TimeProvider.System, over.Token));
        }
    }

    private async Task<string?> Status(Guid id) => (await Shown(id))?["status"].GetString();

    private async Task<Answer?> Shown(Guid id)
    {
        using var api = fleet.AnyDoor();
        return await Unless.Gone(() => api.Connection(id)) is { Status: 200 } now ? now : null;
    }

    // whatever host or server goes while somebody signs in, the way begins anew
    private async Task<bool> Tries((Guid Id, string Name) box, string path, object body, int expected)
    {
        try
        {
            using var browser = new Browser();
            using var api = fleet.Doors()[0];
            var started = await browser.Post(api, path, body, expected);
            await browser.Open(await browser.SignIn(started.GetProperty("authorizeUrl").GetString()!, box.Name));
        }
        catch (Exception e)
        {
            lastFault = e.Message;
        }

        return await Status(box.Id) == "connected";
    }
}
