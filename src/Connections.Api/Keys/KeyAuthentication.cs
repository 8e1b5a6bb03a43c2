using System.Collections.Concurrent;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Connections.Api;

/// <summary>Reads <c>Authorization: Bearer</c> and finds the key, its workspace and its role.</summary>
public sealed class KeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ApiKeys keys, KeyCache cache, TimeProvider clock)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string Name = "ApiKey";

    public static readonly object KeyItem = new();

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        const string Bearer = "Bearer ";
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)) return AuthenticateResult.NoResult();
        var hash = ApiKey.Hash(header[Bearer.Length..].Trim());
        var key = await cache.Get(hash, () => keys.Find(hash, Context.RequestAborted));
        if (key is null || key.ExpiresAt <= clock.GetUtcNow()) return AuthenticateResult.Fail("unknown or expired key");
        Context.Items[KeyItem] = key;
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, key.Id)], Name);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Name));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => Problems.Write(
        Context,
        Problems.Of(401, "request.unauthorized", "Send an API key that exists and has not expired: Authorization: Bearer <key>."));
}

/// <summary>Keys seen lately. A key that was deleted is refused by other processes some seconds later.</summary>
public sealed class KeyCache(TimeProvider clock)
{
    private const int Most = 10_000;

    private static readonly TimeSpan Life = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, (ApiKey Key, long At)> keys = new();

    public async Task<ApiKey?> Get(string hash, Func<Task<ApiKey?>> find)
    {
        if (keys.TryGetValue(hash, out var cached) && clock.GetElapsedTime(cached.At) < Life) return cached.Key;
        var found = await find();
        if (keys.Count > Most) keys.Clear();
        if (found is null) keys.TryRemove(hash, out _);
        else keys[hash] = (found, clock.GetTimestamp());
        return found;
    }
}
