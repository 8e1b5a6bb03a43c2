using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests.SignIns;

/// <summary>A page in the browser.</summary>
public sealed record PageView(int Status, string Html, HttpResponseMessage Answer)
{
    public string Text => WebUtility.HtmlDecode(Html);
}

/// <summary>The browser of one person, with its cookies. It follows no redirects by itself.</summary>
public sealed partial class Browser : IDisposable
{
    // Allows any number of sign-ins of one service.
    private readonly CookieContainer cookies = new() { PerDomainCapacity = CookieContainer.DefaultCookieLimit };
    private readonly HttpClient http;

    public Browser() => http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = cookies });

    /// <summary>Sends a request as the console in this browser does: the response sets a cookie.</summary>
    public async Task<JsonElement> Post(Api api, string path, object body, int expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(api.Address, path)) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new("Bearer", api.Key);
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode == expected, $"{expected} was expected, {answer.StatusCode} came: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    /// <summary>Signs in at the provider and accepts or denies the consent.</summary>
    /// <returns>The address that the provider redirects the browser to.</returns>
    public async Task<Uri> SignIn(string authorizeUrl, string user, string answer = "allow", params string[] granted)
    {
        var address = new Uri(authorizeUrl);
        var page = await http.GetStringAsync(address);
        if (page.Contains("action=\"/sign-in\"", StringComparison.Ordinal))
        {
            using var into = await http.PostAsync(new Uri(address, "/sign-in"), Form(page, ("user", user)));
            page = await http.GetStringAsync(new Uri(address, into.Headers.Location!));
        }

        string[] scopes = granted.Length > 0 ? granted : ["mail.send", "mail.read", "files.read"];
        using var consent = await http.PostAsync(
            new Uri(address, "/connect/authorize"), Form(page, [("answer", answer), .. scopes.Select(s => ("granted", s))]));
        return consent.Headers.Location ?? throw new InvalidOperationException($"The provider sends nobody back: {await consent.Content.ReadAsStringAsync()}");
    }

    public async Task<PageView> Open(Uri address)
    {
        var answer = await http.GetAsync(address);
        return new PageView((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer);
    }

    /// <summary>Clicks the only button of a page of the service.</summary>
    public async Task<PageView> Click(Uri page, PageView seen, params (string Name, string Value)[] instead)
    {
        var answer = await http.PostAsync(new Uri(page, "confirm"), Form(seen.Html, instead));
        return new PageView((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer);
    }

    public Task<HttpResponseMessage> Send(Uri address, Dictionary<string, string> form) => http.PostAsync(address, new FormUrlEncodedContent(form));

    public void Dispose() => http.Dispose();

    private static FormUrlEncodedContent Form(string page, params (string Name, string Value)[] more)
    {
        var hidden = Hidden().Matches(page).Select(m => (Name: WebUtility.HtmlDecode(m.Groups[1].Value), Value: WebUtility.HtmlDecode(m.Groups[2].Value)))
            .Where(h => more.All(m => m.Name != h.Name));
        return new FormUrlEncodedContent(hidden.Concat(more).Select(f => KeyValuePair.Create(f.Name, f.Value)));
    }

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\">")]
    private static partial Regex Hidden();
}
