using Connections.Hosting.Keys;
using Connections.Hosting.Oidc;
using Connections.Hosting.Sessions;
using Connections.Web.Keys;
using EventSourcing;

namespace Connections.Web.Sessions;

/// <summary>Marks an endpoint for browsers: it takes the session cookie and never an API key, and its refusals are pages.</summary>
public sealed record BrowserEndpoint;

/// <summary>The sessions of this host's browsers, each read at most every ten seconds.</summary>
public sealed class BrowserSessions(SessionStore store, ApiKeys keys, SessionCookie cookie, OidcSignIn oidc, TimeProvider clock)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly ExpiringMap<string, SessionPrincipal> entries = new(clock, TimeSpan.FromSeconds(10), capacity: 10_000);

    /// <summary>The caller of the request's session; null when there is none, or its key was deleted or has expired.</summary>
    public async ValueTask<KeyPrincipal?> Find(HttpContext http)
    {
        if (cookie.Read(http) is not { } token) return null;
        var now = clock.GetUtcNow();
        if (!entries.TryGetValue(token, out var caller))
        {
            if (await Load(token, now, http.RequestAborted) is not { } found) return null;
            entries.Set(token, caller = found);
        }

        return caller.Session.HasEnded(now) || caller.Key.ExpiresAt <= now ? null : caller;
    }

    /// <summary>Whether the request's session would still be found. Looking is no use of the session.</summary>
    public async ValueTask<bool> IsStillValid(HttpContext http)
    {
        if (cookie.Read(http) is not { } token) return false;
        var now = clock.GetUtcNow();
        if (entries.TryGetValue(token, out var caller))
            return !caller.Session.HasEnded(now) && !(caller.Key.ExpiresAt <= now);
        return await store.Find(token, http.RequestAborted) is { } session
            && await Key(session, http.RequestAborted) is { } key && !(key.ExpiresAt <= now);
    }

    /// <summary>Begins a session under a new token, whatever token the browser had before.</summary>
    public async Task Begin(HttpContext http, string workspace, Guid key)
    {
        await End(http);
        cookie.Write(http, await store.Begin(workspace, key, http.RequestAborted));
    }

    /// <summary>Begins the session of a person under a new token.</summary>
    public async Task Begin(HttpContext http, Person person)
    {
        await End(http);
        cookie.Write(http, await store.Begin(person, http.RequestAborted));
    }

    public async Task End(HttpContext http)
    {
        if (cookie.Read(http) is { } token)
        {
            entries.Remove(token);
            await store.End(token, http.RequestAborted);
        }

        cookie.Remove(http);
    }

    /// <summary>Ends what is cached of a key that was deleted.</summary>
    public void Forget(Guid key) => entries.RemoveWhere(caller => caller.Key.Id == key);

    private async Task<SessionPrincipal?> Load(string token, DateTimeOffset now, CancellationToken ct)
    {
        if (await store.Find(token, ct) is not { } session || await Key(session, ct) is not { } key) return null;
        if (now - session.UsedAt > Minute)
        {
            await store.Used(token, ct);
            session = session with { UsedAt = now };
        }

        if (session.Person is null && (key.LastUsedAt is not { } last || now - last > Minute)) await keys.Used(key.Id, ct);
        return new SessionPrincipal(key, session);
    }

    // The rights of a person last as long as the session, and as long as the settings that gave them.
    private async Task<ApiKey?> Key(Session session, CancellationToken ct) => session.Person is { } person
        ? oidc.Rules != person.Rules ? null : new ApiKey(person.Id, person.Name, person.Role, person.Workspace, session.CreatedAt, null, null)
        : await keys.Get(session.Workspace, session.KeyId, ct);
}
