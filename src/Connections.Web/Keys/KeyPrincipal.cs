using System.Security.Claims;
using Connections.Hosting.Keys;
using Microsoft.AspNetCore.Authentication;

namespace Connections.Web.Keys;

/// <summary>
/// The caller of a request, identified by its API key. One instance per cached key, shared by all requests with that key.
/// </summary>
public class KeyPrincipal : ClaimsPrincipal
{
    public KeyPrincipal(ApiKey key)
        : base(new ClaimsIdentity(KeyAuthentication.Scheme))
    {
        Key = key;
        Result = AuthenticateResult.Success(new AuthenticationTicket(this, KeyAuthentication.Scheme));
    }

    public ApiKey Key { get; }

    internal AuthenticateResult Result { get; }
}
