using Connections.Hosting.Keys;
using Connections.Operations;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace Connections.Api.Keys;

/// <summary>The role that an endpoint needs: the name of its policy.</summary>
public sealed record NeededRole(Role Role) : IAuthorizeData
{
    string? IAuthorizeData.Policy { get; set; } = Role.Text();

    string? IAuthorizeData.Roles { get; set; }

    string? IAuthorizeData.AuthenticationSchemes { get; set; }
}

internal static class Access
{
    /// <summary>One policy for each role. An endpoint that names none is closed to every key.</summary>
    public static IServiceCollection AddKeyAccess(this IServiceCollection services)
    {
        services.AddSingleton<KeyCache>();
        services.AddWebEncoders();
        services.AddAuthenticationCore(options => options.DefaultScheme = KeyAuthentication.Scheme);
        new AuthenticationBuilder(services).AddScheme<AuthenticationSchemeOptions, KeyAuthentication>(KeyAuthentication.Scheme, null);
        services.AddAuthorization(options =>
        {
            foreach (var role in Enum.GetValues<Role>())
                options.AddPolicy(role.Text(), policy => policy.AddRequirements(new RoleRequirement(role)));
            options.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAssertion(NothingIsThere).Build();
        });
        return services;
    }

    public static TBuilder Needs<TBuilder>(this TBuilder endpoint, Role role)
        where TBuilder : IEndpointConventionBuilder
    {
        // A library may open what it maps to everybody, such as the files of a page. The role stands above that.
        endpoint.Finally(built =>
        {
            foreach (var open in built.Metadata.OfType<IAllowAnonymous>().ToList()) built.Metadata.Remove(open);
        });
        return endpoint.WithMetadata(new NeededRole(role));
    }

    public static ApiKey Key(this HttpContext context) => ((KeyPrincipal)context.User).Key;

    /// <summary>Who calls, as told by the key that let the call in.</summary>
    public static RequestContext GetRequestContext(this HttpContext context)
    {
        var key = context.Key();
        return new RequestContext(key.Workspace, key.Id.ToString(), context.TraceIdentifier);
    }

    // The routing's own answers (no such address, another method, another kind of body) protect nothing, and need no key.
    private static bool NothingIsThere(AuthorizationHandlerContext context) =>
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
