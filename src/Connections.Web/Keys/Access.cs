using Connections.Hosting.Keys;
using Connections.Hosting.Sessions;
using Connections.Operations;
using Connections.Web.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace Connections.Web.Keys;

/// <summary>The role that an endpoint needs. Its text is the name of the authorization policy.</summary>
public sealed record NeededRole(Role Role) : IAuthorizeData
{
    string? IAuthorizeData.Policy { get; set; } = Role.Text();

    string? IAuthorizeData.Roles { get; set; }

    string? IAuthorizeData.AuthenticationSchemes { get; set; }
}

public static class Access
{
    /// <summary>Adds one policy per role. An endpoint without a role is closed to every key.</summary>
    public static IServiceCollection AddKeyAccess(this IServiceCollection services)
    {
        services.AddSingleton<KeyCache>();
        services.AddSingleton<SessionStore>();
        services.AddSingleton<SessionCookie>();
        services.AddSingleton<BrowserSessions>();
        services.AddSingleton<Callers>();
        services.AddWebEncoders();
        services.AddAuthenticationCore(options => options.DefaultScheme = KeyAuthentication.Scheme);
        new AuthenticationBuilder(services).AddScheme<AuthenticationSchemeOptions, KeyAuthentication>(KeyAuthentication.Scheme, null);
        services.AddAuthorization(options =>
        {
            foreach (var role in Enum.GetValues<Role>())
                options.AddPolicy(role.Text(), policy => policy.AddRequirements(new RoleRequirement(role)));
            options.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAssertion(HasNoRoute).Build();
        });
        return services;
    }

    public static TBuilder Needs<TBuilder>(this TBuilder endpoint, Role role)
        where TBuilder : IEndpointConventionBuilder
    {
        // A library may allow anonymous access to endpoints that it maps, such as the files of a page. The role takes precedence.
        endpoint.Finally(built =>
        {
            foreach (var open in built.Metadata.OfType<IAllowAnonymous>().ToList()) built.Metadata.Remove(open);
        });
        return endpoint.WithMetadata(new NeededRole(role));
    }

    public static ApiKey Key(this HttpContext context) => ((KeyPrincipal)context.User).Key;

    /// <summary>The caller's context, taken from its API key.</summary>
    public static RequestContext GetRequestContext(this HttpContext context)
    {
        var key = context.Key();
        return new RequestContext(key.Workspace, key.Id.ToString(), context.TraceIdentifier);
    }

    // Responses of the routing itself (unknown address, wrong method, unsupported media type) protect nothing and need no key.
    private static bool HasNoRoute(AuthorizationHandlerContext context) =>
        context.Resource is HttpContext http && http.GetEndpoint() is not RouteEndpoint;

    private sealed class RoleRequirement(Role needed) : AuthorizationHandler<RoleRequirement>, IAuthorizationRequirement
    {
        protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, RoleRequirement requirement)
        {
            if (context.User is KeyPrincipal caller && caller.Key.Role >= needed) context.Succeed(requirement);
            return Task.CompletedTask;
        }
    }
}
