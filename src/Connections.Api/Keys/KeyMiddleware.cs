using Connections.Operations;
using EventSourcing;

namespace Connections.Api;

/// <summary>Lets nobody past whose key does not allow what the endpoint needs. An endpoint that names no role is open to all.</summary>
public sealed class KeyMiddleware(RequestDelegate next, KeyCache keys)
{
    private const string Bearer = "Bearer ";

    public async Task Invoke(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<NeededRole>() is { } needed)
        {
            var header = context.Request.Headers.Authorization.ToString();
            var hash = header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? ApiKey.Hash(header[Bearer.Length..].Trim()) : null;
            var key = hash is null ? null : await keys.Find(hash, context.RequestAborted);
            if (key is null)
            {
                throw new RejectedException(
                    "request.unauthorized", "Send an API key that exists and has not expired: Authorization: Bearer <key>.");
            }

            if (key.Role < needed.Role)
            {
                throw new RejectedException(
                    "request.forbidden", $"This needs a key of the role {Name(needed.Role)} or above; yours is {Name(key.Role)}.");
            }

            context.Features.Set(key);
        }

        await next(context);
    }

    private static string Name(Role role) => role.ToString().ToLowerInvariant();
}

public sealed record NeededRole(Role Role);

internal static class Access
{
    public static TBuilder Needs<TBuilder>(this TBuilder endpoint, Role role)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new NeededRole(role));

    /// <summary>Who calls, as told by the key that let the call in.</summary>
    public static Who Who(this HttpContext context)
    {
        var key = context.Features.Get<ApiKey>()!;
        return new Who(key.Workspace, key.Id, context.TraceIdentifier);
    }
}
