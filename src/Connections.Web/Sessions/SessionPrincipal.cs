using Connections.Hosting.Keys;
using Connections.Hosting.Sessions;
using Connections.Web.Keys;

namespace Connections.Web.Sessions;

/// <summary>The caller of a browser's request.</summary>
public sealed class SessionPrincipal(ApiKey key, Session session) : KeyPrincipal(key)
{
    public Session Session => session;
}
