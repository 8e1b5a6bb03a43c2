using System.Net;

namespace Console.Tests;

[Collection(ConsoleCollection.Name)]
public sealed class AddressTests(Service service, Chromium chromium)
{
    [Fact]
    public async Task A_page_of_another_site_cannot_show_the_console_in_a_frame()
    {
        await using var visitor = await chromium.Visit(service, service.Key);
        const string Foreign = "http://other.example/";
        await visitor.Page.RouteAsync($"{Foreign}**", route => route.FulfillAsync(new()
        {
            ContentType = "text/html",
            Body = $"<!doctype html><iframe src='{service.Address}/connections'></iframe>"
        }));
        await visitor.Page.GotoAsync(Foreign);
        Assert.DoesNotContain(visitor.Page.Frames, frame => frame.Url.StartsWith(service.Address, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/enter/x?next=https://evil.example/")]
    [InlineData("/enter/https:%2F%2Fevil.example")]
    public async Task A_one_time_address_leads_to_this_service_only(string path)
    {
        using var client = Browser.Open(service.Address);
        var page = await client.GetStringAsync(path);
        Assert.DoesNotContain("action=\"http", page, StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"http", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Gone, (await client.PostAsync(path, null)).StatusCode);
    }

    [Theory]
    [InlineData("/nowhere")]
    [InlineData("/connections/not-an-id")]
    [InlineData("/connections/00000000-0000-0000-0000-000000000001")]
    [InlineData("/activities/00000000-0000-0000-0000-000000000001")]
    [InlineData("/connect/no-such-app")]
    [InlineData("/marketplace/no-such-app")]
    public async Task An_address_without_anything_is_a_page_for_a_browser(string path)
    {
        using var client = await SignedIn(service.Key);
        client.DefaultRequestHeaders.Add("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        var response = await client.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
        var page = await response.Content.ReadAsStringAsync();
        Assert.Contains("<h1 tabindex=\"-1\">There is nothing here</h1>", page, StringComparison.Ordinal);
        Assert.Contains("id=\"nav\"", page, StringComparison.Ordinal); // signed in
        Assert.True(response.Headers.Contains("Content-Security-Policy"));
    }

    [Theory]
    [InlineData("/api/nowhere", "text/html")]
    [InlineData("/nowhere", "application/json")]
    public async Task An_address_without_anything_is_a_problem_for_other_callers(string path, string accept)
    {
        using var client = await SignedIn(service.Key);
        client.DefaultRequestHeaders.Add("Accept", accept);
        Assert.Equal("application/problem+json", (await client.GetAsync(path)).Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task The_api_reference_opens_with_the_session_and_asks_no_other_host()
    {
        await using var visitor = await chromium.Visit(service, service.Key);
        var document = await visitor.Page.RunAndWaitForResponseAsync(
            () => visitor.Page.GotoAsync("/docs"), response => response.Url.Contains("/docs/openapi/", StringComparison.Ordinal));
        Assert.Equal(200, document.Status);
        await visitor.Page.Locator("h1").First.WaitForAsync();
        Assert.Empty(visitor.Faults);
    }

    private async Task<HttpClient> SignedIn(string key)
    {
        var client = Browser.Open(service.Address);
        Assert.Equal("/", await Browser.SignIn(client, key));
        return client;
    }
}
