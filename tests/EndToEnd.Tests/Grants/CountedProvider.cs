using System.Collections.Concurrent;
using System.Text.Json;
using System.Web;
using DemoProvider;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EndToEnd.Tests.Grants;

/// <summary>The demo provider behind a proxy that counts requests, outside of the tested processes.</summary>
internal sealed class CountedProvider : IAsyncDisposable
{
    private static readonly string[] LineToken = ["Transfer-Encoding", "Connection", "Keep-Alive"];

    private readonly HttpClient onwards = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly WebApplication listener;
    private readonly WebApplication provider;
    private readonly ConcurrentDictionary<string, int> mails = new();
    private int unauthorized;

    private CountedProvider(WebApplication server, WebApplication provider) => (this.listener, this.provider) = (server, provider);

    public string Address => listener.Urls.Single();

    /// <summary>The number of uses of each refresh token.</summary>
    public ConcurrentDictionary<string, int> Sent { get; } = new();

    /// <summary>The delay of a token response, during which it can be lost.</summary>
    public TimeSpan Thinks { get; init; }

    /// <summary>The number of accepted mails with this subject.</summary>
    public int Mails(string subject) => mails.GetValueOrDefault(subject);

    /// <summary>The responses of the token endpoint without tokens.</summary>
    public ConcurrentQueue<string> Refusals { get; } = new();

    /// <summary>The API calls with a rejected token.</summary>
    public int Unauthorized => unauthorized;

    public static async Task<CountedProvider> Start(int accessTokenSeconds, TimeSpan thinks = default)
    {
        var provider = await Provider.Build(new DemoSettings("http://127.0.0.1:0", accessTokenSeconds, 24 * 60 * 60));
        await provider.StartAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var counted = new CountedProvider(builder.Build(), provider) { Thinks = thinks };
        counted.listener.Run(counted.Carry);
        await counted.listener.StartAsync();
        return counted;
    }

    /// <summary>The number of refresh tokens of this person that the provider still accepts.</summary>
    public async Task<int> LiveTokens(string user)
    {
        var answer = await onwards.GetStringAsync(new Uri($"{provider.Urls.Single()}/account/tokens?user={user}"));
        return JsonSerializer.Deserialize<JsonElement>(answer).GetProperty("live").GetInt32();
    }

    public async ValueTask DisposeAsync()
    {
        await listener.DisposeAsync();
        await provider.StopAsync();
        await provider.DisposeAsync();
        onwards.Dispose();
    }

    private async Task Carry(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync();
        var token = http.Request.Path == "/connect/token" ? HttpUtility.ParseQueryString(body)["refresh_token"] : null;
        if (token is not null) Sent.AddOrUpdate(token, 1, (_, n) => n + 1);
        using var request = new HttpRequestMessage(
            new HttpMethod(http.Request.Method), $"{provider.Urls.Single()}{http.Request.Path}{http.Request.QueryString}");
        if (body.Length > 0) request.Content = new StringContent(body);
        foreach (var (name, value) in http.Request.Headers.Where(h => !LineToken.Contains(h.Key) && h.Key != "Content-Length"))
        {
            if (name == "Content-Type") request.Content?.Headers.Remove(name);
            if (!request.Headers.TryAddWithoutValidation(name, value.AsEnumerable())) request.Content?.Headers.TryAddWithoutValidation(name, value.AsEnumerable());
        }

        using var answer = await onwards.SendAsync(request); // also when the caller disconnected: the request was received, and counts
        var text = await answer.Content.ReadAsStringAsync();
        http.Response.StatusCode = (int)answer.StatusCode;
        if (http.Request is { Method: "POST", Path.Value: "/mail/messages" } && answer.IsSuccessStatusCode)
            mails.AddOrUpdate(JsonSerializer.Deserialize<JsonElement>(body).GetProperty("subject").GetString()!, 1, (_, n) => n + 1);
        if (token is not null) await Task.Delay(Thinks, TimeProvider.System);
        if (token is not null && http.Response.StatusCode != 200) Refusals.Enqueue($"{http.Response.StatusCode} {text}");
        if (http.Response.StatusCode == 401) Interlocked.Increment(ref unauthorized);
        foreach (var header in answer.Headers.Concat(answer.Content.Headers).Where(h => !LineToken.Contains(h.Key)))
            http.Response.Headers[header.Key] = header.Value.ToArray();
        await http.Response.WriteAsync(text);
    }
}
