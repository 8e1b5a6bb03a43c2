using System.Security.Claims;
using Connections.Hosting.Keys;
using Microsoft.AspNetCore.Authentication;

namespace Connections.Api.Keys;

/// <summary>The caller of a request: the API key that it sent. Made once for each cached key, and shared by its requests.</summary>
public sealed class KeyPrincipal : ClaimsPrincipal
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
