using EventSourcing;
using Connections.Operations;

namespace Connections.Api;

internal static class Access
{
    public static ApiKey Key(this HttpContext context) => (ApiKey)context.Items[KeyAuthentication.KeyItem]!;

    public static Who Who(this HttpContext context) => new(context.Key().Workspace, context.Key().Id, context.TraceIdentifier);

    /// <summary>Refuses keys of a lesser role.</summary>
    public static TBuilder Needs<TBuilder>(this TBuilder endpoint, Role role)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoint.WithMetadata(role);
        return endpoint.AddEndpointFilter(async (invocation, next) => invocation.HttpContext.Key().Allows(role)
            ? await next(invocation)
            : throw new RejectedException(
                "request.forbidden", $"This needs a key of the role {Name(role)} or above; yours is {Name(invocation.HttpContext.Key().Role)}."));
    }

    private static string Name(Role role) => role.ToString().ToLowerInvariant();
}
