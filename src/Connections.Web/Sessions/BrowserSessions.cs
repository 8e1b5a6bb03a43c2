using System.Collections.Concurrent;
using Connections.Hosting.Keys;
using Connections.Hosting.Sessions;
using Connections.Web.Keys;

namespace Connections.Web.Sessions;

/// <summary>Marks an endpoint for browsers: it takes the session cookie and never an API key, and its refusals are pages.</summary>
public sealed record BrowserEndpoint;

/// <summary>The sessions of this host's browsers, each read at most every ten seconds.</summary>
public sealed class BrowserSessions(SessionStore store, ApiKeys keys, SessionCookie cookie, TimeProvider clock)
{
    private const int MaxEntries = 10_000;

    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, (SessionPrincipal Caller, long At)> entries = new();

    /// <summary>The caller of the request's session; null when there is none, or its key was deleted or has expired.</summary>
    public async ValueTask<KeyPrincipal?> Find(HttpContext http)
    {
        if (cookie.Read(http) is not { } token) return null;
        var now = clock.GetUtcNow();
        if (!entries.TryGetValue(token, out var cached) || clock.GetElapsedTime(cached.At) >= Lifetime)
        {
            entries.TryRemove(token, out _);
            if (await Load(token, now, http.RequestAborted) is not { } found) return null;
            if (entries.Count >= MaxEntries) entries.Clear();
            entries[token] = cached = (found, clock.GetTimestamp());
        }

        return cached.Caller.Session.HasEnded(now) || cached.Caller.Key.ExpiresAt <= now ? null : cached.Caller;
    }

    /// <summary>Whether the request's session would still be found. Looking is no use of the session.</summary>
    public async ValueTask<bool> IsStillValid(HttpContext http)
    {
        if (cookie.Read(http) is not { } token) return false;
        var now = clock.GetUtcNow();
        if (entries.TryGetValue(token, out var cached) && clock.GetElapsedTime(cached.At) < Lifetime)
            return !cached.Caller.Session.HasEnded(now) && !(cached.Caller.Key.ExpiresAt <= now);
        return await store.Find(token, http.RequestAborted) is { } session
            && await keys.Get(session.Workspace, session.KeyId, http.RequestAborted) is { } key && !(key.ExpiresAt <= now);
    }

    /// <summary>Begins a session under a new token, whatever token the browser had before.</summary>
    public async Task Begin(HttpContext http, string workspace, Guid key)
    {
        await End(http);
        cookie.Write(http, await store.Begin(workspace, key, http.RequestAborted));
    }

    public async Task End(HttpContext http)
    {
        if (cookie.Read(http) is { } token)
        {
            entries.TryRemove(token, out _);
            await store.End(token, http.RequestAborted);
        }

        cookie.Remove(http);
    }

    /// <summary>Ends what is cached of a key that was deleted.</summary>
    public void Forget(Guid key)
    {
        foreach (var (token, cached) in entries)
            if (cached.Caller.Key.Id == key) entries.TryRemove(token, out _);
    }

    private async Task<SessionPrincipal?> Load(string token, DateTimeOffset now, CancellationToken ct)
    {
        if (await store.Find(token, ct) is not { } session || await keys.Get(session.Workspace, session.KeyId, ct) is not { } key) return null;
        if (now - session.UsedAt > Minute)
        {
            await store.Used(token, ct);
            session = session with { UsedAt = now };
        }

        if (key.LastUsedAt is not { } last || now - last > Minute) await keys.Used(key.Id, ct);
        return new SessionPrincipal(key, session);
    }
}
