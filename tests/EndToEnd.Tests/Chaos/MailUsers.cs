using EndToEnd.Tests.Harness;
using EndToEnd.Tests.Kills;
using EndToEnd.Tests.SignIns;
using TestServers;

namespace EndToEnd.Tests.Chaos;

/// <summary>
/// Users who sign in for a connection to their mailbox, and sign in again whenever it needs a reconnect: after an interrupted refresh
/// it is unknown whether the provider has used up the old token.
/// </summary>
internal sealed class MailUsers : IAsyncDisposable
{
    private static readonly string[] Names = ["ada", "bob", "cyd", "dan", "eve", "fay", "gus", "hal"];
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(4);

    private readonly HostFleet fleet;
    private readonly CancellationTokenSource over = new();
    private readonly (Guid Id, string Name)[] mailboxes = [.. Names.Select(name => (Guid.NewGuid(), name))];
    private Task reconnecting = Task.CompletedTask;
    private string lastFault = "";

    private MailUsers(HostFleet fleet) => this.fleet = fleet;

    public IReadOnlyList<(Guid Id, string Name)> Mailboxes => mailboxes;

    /// <summary>The reason of each repeated sign-in.</summary>
    public List<string?> Reasons { get; } = [];

    /// <summary>Starts, and returns once all users have signed in.</summary>
    public static async Task<MailUsers> SignIn(HostFleet fleet)
    {
        var people = new MailUsers(fleet);
        foreach (var box in people.mailboxes)
            await Until.Holds(() => people.Tries(box, "/api/connections", new { id = box.Id, connector = "demo-mail", name = box.Name }, 202), $"{box.Name} signs in", Deadline);
        people.reconnecting = Task.Run(people.Reconnect);
        return people;
    }

    /// <summary>Waits until no connection needs a reconnect.</summary>
    public async Task AreContent() => await Until.Seen(
        async () => (Statuses: string.Join(' ', (await Task.WhenAll(mailboxes.Select(box => Status(box.Id)))).Distinct()), lastFault),
        seen => seen.Statuses == "connected",
        "every mailbox is connected",
        Deadline);

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        await reconnecting;
        over.Dispose();
    }

    private async Task Reconnect()
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

    private async Task<ApiResponse?> Shown(Guid id)
    {
        using var api = fleet.AnyApi();
        return await IgnoreDisconnect.Gone(() => api.Connection(id)) is { Status: 200 } now ? now : null;
    }

    // Start the sign-in again when a host or server fails during it.
    private async Task<bool> Tries((Guid Id, string Name) box, string path, object body, int expected)
    {
        try
        {
            using var browser = new Browser();
            using var api = fleet.Apis()[0];
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
