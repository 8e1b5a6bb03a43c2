using Connections.Hosting.Keys;
using Connections.Hosting.Sessions;
using Connections.Web.Keys;
using Connections.Web.Sessions;

namespace Connections.Web.Changes;

/// <summary>
/// Checks whether the caller of a stream that is open may still read it: a key may be deleted or expire meanwhile, and a session end. A check
/// does not count as a use of the session, which an open page would otherwise keep alive for ever.
/// </summary>
public sealed class StreamAccess(ApiKeys keys, SessionStore sessions, SessionCookie cookie, TimeProvider clock)
{
    public async Task<bool> IsAllowed(HttpContext http, CancellationToken ct)
    {
        var caller = http.Key();
        if (await keys.Get(caller.Workspace, caller.Id, ct) is not { } key || key.ExpiresAt <= clock.GetUtcNow()) return false;
        return http.User is not SessionPrincipal || (cookie.Read(http) is { } token && await sessions.Find(token, ct) is not null);
    }
}
