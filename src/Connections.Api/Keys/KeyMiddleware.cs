using Connections.Operations;
using EventSourcing;

namespace Connections.Api;

/// <summary>Lets nobody past whose key does not allow what the endpoint needs. An endpoint that names no role is open to all.</summary>
public sealed class KeyMiddleware(RequestDelegate next, KeyCache keys, KeyLimits limits)
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

            if (!limits.Allow(key))
            {
                context.Response.Headers.RetryAfter = "1";
                throw new RejectedException("request.rate-limited", $"A key may send {limits.PerSecond} requests per second. Slow down.");
            }

            if (key.Role < needed.Role)
            {
                throw new RejectedException(
                    "request.forbidden", $"This needs a key of the role {needed.Role.Text()} or above; yours is {key.Role.Text()}.");
            }

            context.Features.Set(key);
        }

        await next(context);
    }
}

public sealed record NeededRole(Role Role);

internal static class Access
{
    public static TBuilder Needs<TBuilder>(this TBuilder endpoint, Role role)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new NeededRole(role));

    public static string Text(this Role role) => role.ToString().ToLowerInvariant();

    public static ApiKey Key(this HttpContext context) => context.Features.Get<ApiKey>()!;

    /// <summary>Who calls, as told by the key that let the call in.</summary>
    public static Who Who(this HttpContext context)
    {
        var key = context.Key();
        return new Who(key.Workspace, key.Id.ToString(), context.TraceIdentifier);
    }
}
