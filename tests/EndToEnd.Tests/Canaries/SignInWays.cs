using System.Text.Json;
using System.Web;
using EndToEnd.Tests.Harness;
using EndToEnd.Tests.SignIns;
using TestServers;

namespace EndToEnd.Tests.Canaries;

/// <summary>All steps of a sign-in from its start to the delete, with a provider that quotes what it receives.</summary>
internal sealed class SignInWays(Api api, EchoProvider provider) : IDisposable
{
    private static readonly object Mail = new { to = "bob@demo.example", subject = "Hello", text = "It works." };

    private readonly Browser browser = new();
    private readonly Browser another = new();
    private int started;

    /// <summary>A value that is no secret and has to be found.</summary>
    public string Marker { get; } = $"marker{Guid.NewGuid():n}";

    public List<Place> Pages { get; } = [];

    /// <summary>Values that go through the browser, in a response and in pages, and are allowed nowhere else.</summary>
    public List<Canary> States { get; } = [];

    public async Task GoAll()
    {
        await Refused();
        await Handed();
        var id = await Connected();
        await Used(id);
        await Renewed(id);
        await Reconnected(id);
        provider.Quoting = Quoting.Page;
        (await api.Delete($"/api/connections/{id}")).Is(204);
        await Until.Holds(async () => (await api.HistoryTypes(id))[^1] == "connection-secrets-destroyed", "its secrets are destroyed");
    }

    public void Dispose()
    {
        browser.Dispose();
        another.Dispose();
    }

    private async Task Refused()
    {
        foreach (var error in new[] { "access_denied", provider.New("an error of the browser").Value })
        {
            var (_, state) = await Start();
            var description = provider.New("an error's description").Value;
            Assert.Equal(400, (await Open($"state={state}&error={error}&error_description={description}")).Status);
        }

        foreach (var quoting in new[] { Quoting.Json, Quoting.Page, Quoting.PageInsteadOfTokens, Quoting.Api })
        {
            var (id, state) = await Start();
            provider.Quoting = quoting;
            Assert.Equal(400, (await Open($"state={state}&code={provider.New("code").Value}")).Status);
            Assert.Equal("authorization-failed", (await api.HistoryTypes(id))[^1]);
            provider.Quoting = Quoting.None;
        }

        Assert.Equal(400, (await Open($"state=forged.{States[^1].Core}&code={provider.New("code").Value}")).Status);
    }

    // A grant that was created elsewhere.
    private async Task Handed()
    {
        foreach (var quoting in new[] { Quoting.Json, Quoting.Page, Quoting.PageInsteadOfTokens })
        {
            provider.Quoting = quoting;
            var credentials = new { refreshToken = provider.New("a refresh token handed in").Value };
            (await api.Post("/api/connections", new { connector = "demo-mail", name = $"{Marker} handed {quoting}", credentials })).Is(422);
        }

        provider.Quoting = Quoting.None;
    }

    // In another browser, which needs a confirmation.
    private async Task<Guid> Connected()
    {
        var (id, state) = await Start();
        var callback = Callback($"state={state}&code={provider.New("code").Value}");
        var confirmation = Note(await another.Open(callback));
        Assert.Contains("nonce", confirmation.Html, StringComparison.Ordinal);
        Assert.Equal(200, Note(await another.Click(callback, confirmation)).Status);
        Note(await browser.Open(callback));
        return id;
    }

    private async Task Used(Guid id)
    {
        provider.Quoting = Quoting.Api;
        await Runs(id, "failed");
        provider.Quoting = Quoting.None;
        await Runs(id, "succeeded");
    }

    private async Task Renewed(Guid id)
    {
        foreach (var quoting in new[] { Quoting.Json, Quoting.Page, Quoting.None, Quoting.PageInsteadOfTokens })
        {
            await Ended();
            provider.Quoting = quoting;
            var outcome = (await api.Post($"/api/connections/{id}/test")).Is(200)["outcome"].GetString();
            Assert.Equal(quoting switch { Quoting.None => "ok", Quoting.PageInsteadOfTokens => "reauthRequired", _ => "unavailable" }, outcome);
        }

        provider.Quoting = Quoting.None;
    }

    private async Task Reconnected(Guid id)
    {
        await Repeat(id);
        await Ended();
        (provider.Quoting, provider.Error) = (Quoting.Json, "invalid_grant");
        await Runs(id, "waiting");
        await api.ConnectionReaches(id, "reauthRequired");
        await Repeat(id);
    }

    private async Task Repeat(Guid id)
    {
        provider.Quoting = Quoting.None;
        var again = await browser.Post(api, $"/api/connections/{id}/reconnect", new { }, 200);
        var state = State(again);
        Assert.Equal(200, (await Open($"state={state}&code={provider.New("code").Value}")).Status);
    }

    private async Task Runs(Guid id, string status)
    {
        var activity = (await api.Post("/api/activities", new { connectionId = id, activity = "send-email", input = Mail })).Is(202)["id"].GetGuid();
        await api.Reaches(activity, status);
    }

    private async Task<(Guid Id, string State)> Start()
    {
        var answer = await browser.Post(api, "/api/connections", new { connector = "demo-mail", name = $"{Marker} {++started}" }, 202);
        return (answer.GetProperty("id").GetGuid(), State(answer));
    }

    private string State(JsonElement answer)
    {
        var state = HttpUtility.ParseQueryString(new Uri(answer.GetProperty("authorizeUrl").GetString()!).Query)["state"]!;
        States.Add(new Canary("state", state, state.Split('.')[^1].Split('+', '/', '=').MaxBy(part => part.Length)!));
        return Uri.EscapeDataString(state);
    }

    private async Task<PageView> Open(string query) => Note(await browser.Open(Callback(query)));

    private Uri Callback(string query) => new(api.Address, $"/api/oauth/callback?{query}");

    private PageView Note(PageView page)
    {
        Pages.Add(Place.Create(Place.Answer, "a page", $"{page.Answer.Headers}{page.Html}"));
        return page;
    }

    private static Task Ended()
    {
        var ended = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(1);
        return Until.Holds(() => TimeProvider.System.GetUtcNow() > ended, "the access token has expired");
    }
}
