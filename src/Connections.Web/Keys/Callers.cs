using Connections.Web.Sessions;

namespace Connections.Web.Keys;

/// <summary>Looks during a long response whether its caller would still be let in.</summary>
public sealed class Callers(KeyCache keys, BrowserSessions sessions)
{
    public async ValueTask<bool> IsStillValid(HttpContext http) => http.User is SessionPrincipal
        ? await sessions.IsStillValid(http)
        : await keys.Find(KeyAuthentication.Hash(http.Request), http.RequestAborted) is { } caller && caller.Key.Workspace == http.Key().Workspace;
}
