using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EndToEnd.Tests.Grants;

/// <summary>
/// A provider outside the killed processes. It counts requests, holds responses when a test wants it, and accepts the refresh
/// tokens of users named "once…" only once.
/// </summary>
internal sealed class TokenProvider : IAsyncDisposable
{
    public const string Exchange = "exchange";
    public const string Refresh = "refresh";
    public const string Me = "me";

    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, TaskCompletionSource> held = new();
    private readonly ConcurrentDictionary<string, bool> reached = new();
    private readonly ConcurrentDictionary<string, int> sent = new();
    private readonly ConcurrentDictionary<string, string> newest = new();
    private int given;

    private TokenProvider(WebApplication app) => this.app = app;

    public string Address => app.Urls.Single();

    /// <summary>The codes and single-use refresh tokens that were used twice.</summary>
    public ConcurrentQueue<string> Reused { get; } = new();

    /// <summary>The last refresh token of this person.</summary>
    public string Newest(string user) => newest[user];

    public ConcurrentQueue<string> Revoked { get; } = new();

    public static async Task<TokenProvider> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var provider = new TokenProvider(builder.Build());
        provider.app.MapPost("/connect/token", (Delegate)provider.Token);
        provider.app.MapPost("/connect/revoke", (Delegate)provider.Revoke);
        provider.app.MapGet("/me", (Delegate)provider.Profile);
        await provider.app.StartAsync();
        return provider;
    }

    /// <summary>The callback query of a completed sign-in.</summary>
    public static string Code(string user) => $"code.{user}.{Guid.NewGuid():n}";

    /// <summary>The number of refresh calls for this person.</summary>
    public int Refreshes(string user) => sent.Where(s => s.Key.StartsWith($"r.{user}.", StringComparison.Ordinal)).Sum(s => s.Value);

    /// <summary>Serves this call of this person from now on, but holds the response.</summary>
    public void Hold(string call, string user) => held[$"{call} {user}"] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool Holds(string call, string user) => reached.ContainsKey($"{call} {user}");

    public void Release(string call, string user)
    {
        if (held.TryRemove($"{call} {user}", out var gate)) gate.SetResult();
    }

    public void ReleaseAll()
    {
        foreach (var call in held.Keys)
            if (held.TryRemove(call, out var gate)) gate.SetResult();
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task<IResult> Token(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync();
        var fresh = form["grant_type"] == "authorization_code";
        var token = form[fresh ? "code" : "refresh_token"].ToString();
        var user = token.Split('.')[1];
        var once = fresh || user.StartsWith("once", StringComparison.Ordinal);
        if (sent.AddOrUpdate(token, 1, (_, n) => n + 1) > 1 && once)
        {
            Reused.Enqueue(token);
            return Results.Json(new { error = "invalid_grant" }, statusCode: 400);
        }

        var number = Interlocked.Increment(ref given);
        var next = once ? newest[user] = $"r.{user}.{number}" : null;
        await Wait(fresh ? Exchange : Refresh, user);
        // The first access token expires immediately, so that the next use renews it.
        return Results.Ok(new { access_token = $"a.{user}.{number}", refresh_token = next, expires_in = fresh ? 1 : 3600 });
    }

    private async Task<IResult> Revoke(HttpContext http)
    {
        Revoked.Enqueue((await http.Request.ReadFormAsync())["token"].ToString());
        return Results.Ok();
    }

    private async Task<IResult> Profile(HttpContext http)
    {
        if (http.Request.Headers.Authorization.ToString().Split('.') is not ["Bearer a", var user, _]) return Results.Unauthorized();
        await Wait(Me, user);
        return Results.Ok(new { sub = user, email = $"{user}@demo.example" });
    }

    private async Task Wait(string call, string user)
    {
        if (!held.TryGetValue($"{call} {user}", out var gate)) return;
        reached[$"{call} {user}"] = true;
        await gate.Task;
    }
}
