using System.Globalization;
using System.Text.Json;
using EndToEnd.Tests.Harness;
using Microsoft.Data.Sqlite;
using TestServers;

namespace EndToEnd.Tests.SignIns;

/// <summary>The tests of the demo service share one, and run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class DemoServiceTests : ICollectionFixture<DemoService>
{
    public const string Name = "demo service";
}

/// <summary>A service with the demo provider, whose access tokens live three seconds.</summary>
public sealed class DemoService : IAsyncLifetime
{
    private readonly DataFolder folder = new();
    private StandaloneProcess? service;
    private int people;

    public Api Api => service!.Api;

    public string Output => service!.Process.Output;

    public string LogFile => Path.Combine(folder.Path, "log.db");

    public string VaultFile => Path.Combine(folder.Path, "vault.db");

    /// <summary>A user that is new to the provider.</summary>
    public string Somebody() => $"person{(char)('a' + (Interlocked.Increment(ref people) / 26))}{(char)('a' + (people % 26))}";

    public async Task<(Guid Id, string AuthorizeUrl)> Start(Browser browser, string name, Guid? id = null, string connector = "demo-mail")
    {
        var started = await browser.Post(Api, "/api/connections", new { id, connector, name }, 202);
        return (started.GetProperty("id").GetGuid(), started.GetProperty("authorizeUrl").GetString()!);
    }

    /// <summary>Creates a connection by a sign-in.</summary>
    public async Task<Guid> Connected(Browser browser, string user, string name)
    {
        var (id, authorizeUrl) = await Start(browser, name);
        var page = await browser.Open(await browser.SignIn(authorizeUrl, user));
        Assert.True(page.Status == 200, page.Text);
        return id;
    }

    public async Task<Guid> Run(Guid connection, string activity = "send-email")
    {
        object input = activity == "send-email" ? new { to = "bob@demo.example", subject = "Hello", text = "It works." } : new { };
        var response = await Api.Post("/api/activities", new { connectionId = connection, activity, input });
        return response.Is(202)["id"].GetGuid();
    }

    public Task<JsonElement> Ends(Guid activity, string status) => Shows($"/api/activities/{activity}", status);

    public Task<JsonElement> Becomes(Guid connection, string status) => Shows($"/api/connections/{connection}", status);

    public async Task<string[]> History(Guid connection) =>
        [.. (await Api.Get($"/api/connections/{connection}/history")).Is(200)["items"].EnumerateArray().Select(i => i.GetProperty("type").GetString()!)];

    /// <summary>Runs a step that is rejected, and checks that the log and the metrics report its reason once.</summary>
    public async Task<PageView> Stops(string reason, Func<Task<PageView>> act)
    {
        var (logged, counted) = (CountStopped(reason), await Counted(reason));
        var seen = await act();
        await Until.Holds(() => CountStopped(reason) == logged + 1, $"the log reports {reason}");
        await Until.Holds(async () => await Counted(reason) == counted + 1, $"{reason} is counted");
        return seen;
    }

    /// <summary>Revokes the grant, as a person can at the provider.</summary>
    public static async Task TakeBack(string authorizeUrl, string user)
    {
        using var anybody = new Browser();
        using var answer = await anybody.Send(new Uri(new Uri(authorizeUrl), "/account/disconnect"), new() { ["user"] = user });
        Assert.Equal("""{"ended":1}""", await answer.Content.ReadAsStringAsync());
    }

    /// <summary>The number of refresh tokens of this person that the provider still accepts.</summary>
    public static async Task<int> LiveTokens(string authorizeUrl, string user)
    {
        using var anybody = new Browser();
        var seen = await anybody.Open(new Uri(new Uri(authorizeUrl), $"/account/tokens?user={user}"));
        return JsonSerializer.Deserialize<JsonElement>(seen.Html).GetProperty("live").GetInt32();
    }

    public async Task<long> Refreshes(Guid connection)
    {
        await using var log = new SqliteConnection($"Data Source={LogFile};Mode=ReadOnly;Pooling=False");
        await log.OpenAsync();
        await using var count = log.CreateCommand();
        count.CommandText = "SELECT COUNT(*) FROM events WHERE type = 'token-refreshed' AND stream = $stream";
        count.Parameters.AddWithValue("$stream", $"token-default:{connection}");
        return (long)(await count.ExecuteScalarAsync())!;
    }

    public async ValueTask InitializeAsync() => service = await StandaloneProcess.StartWithDemo(folder.Path, accessTokenSeconds: 3);

    public async ValueTask DisposeAsync()
    {
        if (service is not null) await service.DisposeAsync();
        folder.Dispose();
    }

    private int CountStopped(string reason) => Output.Split($" was stopped ({reason})").Length - 1;

    private async Task<int> Counted(string reason) => (await Api.Metrics()).Split('\n')
        .Where(l => l.StartsWith("connections_signins_stopped_total", StringComparison.Ordinal) && l.Contains($"reason=\"{reason}\"", StringComparison.Ordinal))
        .Select(l => int.Parse(l.Split("} ")[1].Split(' ')[0], CultureInfo.InvariantCulture)).SingleOrDefault();

    private async Task<JsonElement> Shows(string path, string status) => (await Until.Seen(
        () => Api.Get(path), a => a.Status == 200 && a["status"].GetString() == status, $"{path} is {status}")).Body;
}
