using Connections.Connectors;
using DemoDefinitions;
using EndToEnd.Tests.Canaries;
using EndToEnd.Tests.Grants;
using EndToEnd.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace EndToEnd.Tests.SignIns;

/// <summary>A sign-in that takes longer than ten minutes at the provider.</summary>
public sealed class LateSignInTests
{
    [Theory]
    [InlineData(9.9, 200, "is connected to", "connection-created")]
    [InlineData(10.1, 400, "The sign-in took longer than ten minutes.", "authorization-failed")]
    public async Task After_ten_minutes_a_sign_in_expires_with_a_page_and_the_name_is_free_again(double minutes, int status, string expected, string last)
    {
        await using var provider = await TokenProvider.Start();
        using var folder = new DataFolder();
        var clock = new ShiftedClock();
        await using var host = await Host(folder, provider, clock);
        using var browser = new Browser();
        var (id, authorizeUrl) = await Start(host.Api, browser);
        clock.Later = TimeSpan.FromMinutes(minutes);

        var page = await browser.Open(Back(host.Api, authorizeUrl));
        Assert.Equal(status, page.Status);
        Assert.Contains(expected, page.Text, StringComparison.Ordinal);
        Assert.Equal(last, (await host.Api.HistoryTypes(id))[^1]);
        if (status == 200) return;

        (await host.Api.Connection(id)).Refuses(404, "connection.not-found");
        Assert.Equal(400, (await browser.Open(Back(host.Api, authorizeUrl))).Status); // however often it is loaded
        var (_, again) = await Start(host.Api, browser);
        Assert.Contains("is connected to", (await browser.Open(Back(host.Api, again))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_confirmation_page_expires_too()
    {
        await using var provider = await TokenProvider.Start();
        using var folder = new DataFolder();
        var clock = new ShiftedClock();
        await using var host = await Host(folder, provider, clock);
        using var starter = new Browser();
        using var browser = new Browser();
        var (id, authorizeUrl) = await Start(host.Api, starter);
        var back = Back(host.Api, authorizeUrl);
        var confirmation = await browser.Open(back);
        Assert.Contains("nonce", confirmation.Html, StringComparison.Ordinal);
        clock.Later = TimeSpan.FromMinutes(10.1);

        var again = await browser.Open(back);
        Assert.Equal(400, again.Status);
        Assert.Contains("The sign-in took longer than ten minutes.", again.Text, StringComparison.Ordinal);
        Assert.Equal("authorization-failed", (await host.Api.HistoryTypes(id))[^1]);
        Assert.Equal(400, (await browser.Click(back, confirmation)).Status);
        Assert.Contains("The sign-in took longer than ten minutes.", (await starter.Open(back)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_late_confirmation_is_recorded()
    {
        await using var provider = await TokenProvider.Start();
        using var folder = new DataFolder();
        var clock = new ShiftedClock();
        await using var host = await Host(folder, provider, clock);
        using var starter = new Browser();
        using var browser = new Browser();
        var (id, authorizeUrl) = await Start(host.Api, starter);
        var confirmation = await browser.Open(Back(host.Api, authorizeUrl));
        clock.Later = TimeSpan.FromMinutes(10.1);
        Assert.Contains("longer than ten minutes", (await browser.Click(Back(host.Api, authorizeUrl), confirmation)).Text, StringComparison.Ordinal);
        Assert.Equal("authorization-failed", (await host.Api.HistoryTypes(id))[^1]);
    }

    private static Task<InProcessHost> Host(DataFolder folder, TokenProvider provider, TimeProvider clock) => InProcessHost.Start(folder.Path, builder =>
    {
        builder.Configuration["OAuth:demo-mail:Base"] = provider.Address;
        builder.Configuration["OAuth:demo-mail:ClientId"] = "connections";
        builder.Services.AddDefinedConnector(DemoConnectors.Mail).AddSingleton<TimeProvider>(clock);
    });

    // Each time for a new connection with the same name.
    private static async Task<(Guid Id, string AuthorizeUrl)> Start(Api api, Browser browser)
    {
        var started = await browser.Post(api, "/api/connections", new { connector = "demo-mail", name = "Late" }, 202);
        return (started.GetProperty("id").GetGuid(), started.GetProperty("authorizeUrl").GetString()!);
    }

    private static Uri Back(Api api, string authorizeUrl) => GrantHosts.Back(api, authorizeUrl, "late");

    /// <summary>The time of the machine plus an offset.</summary>
    private sealed class ShiftedClock : TimeProvider
    {
        public TimeSpan Later { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Later;
    }
}
