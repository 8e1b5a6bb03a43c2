using System.Collections.Concurrent;
using System.Reflection;
using Connections.Web.Keys;
using Connections.Web.Responses;
using Connections.Web.Sessions;
using EventSourcing;
using Microsoft.AspNetCore.Mvc;

namespace Connections.Api.Requests;

/// <summary>Rejects query parameters that the endpoint does not know: a misspelt filter would list everything.</summary>
public sealed class QueryParameterMiddleware(RequestDelegate next)
{
    private readonly ConcurrentDictionary<RouteEndpoint, string[]> known = new();

    public Task Invoke(HttpContext context)
    {
        if (context.Request.Query.Count == 0
            || context.GetEndpoint() is not RouteEndpoint endpoint
            || endpoint.Metadata.GetMetadata<NeededRole>() is null
            || endpoint.Metadata.GetMetadata<BrowserEndpoint>() is not null
            || endpoint.Metadata.GetMetadata<MethodInfo>() is not { } handler) return next(context);
        var names = known.GetOrAdd(endpoint, static (e, method) => Names(e, method), handler);
        var unknown = context.Request.Query.Keys.Where(key => !names.Contains(key)).ToArray();
        return unknown.Length == 0 ? next(context) : Reject(context, unknown, names);
    }

    private static string[] Names(RouteEndpoint endpoint, MethodInfo handler) =>
    [
        .. handler.GetParameters()
            .Where(p => endpoint.RoutePattern.GetParameter(p.Name!) is null && IsValue(Nullable.GetUnderlyingType(p.ParameterType) ?? p.ParameterType))
            .Select(p => p.GetCustomAttribute<FromQueryAttribute>()?.Name ?? p.Name!)
    ];

    private static bool IsValue(Type type) => type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(Guid) || type == typeof(DateTimeOffset);

    private static Task Reject(HttpContext context, string[] unknown, string[] names)
    {
        var hint = names.Length == 0 ? "This address has no query parameters." : $"Known parameters: {string.Join(", ", names)}.";
        var errors = unknown.Select(name => new FieldError(Shown(name), $"There is no such query parameter. {hint}")).ToArray();
        return Problems.Write(context, Problems.From(new RejectedException(
            "request.malformed", $"Unknown query parameter: {errors[0].Field}. {hint}")
        { Errors = errors }));
    }

    private static string Shown(string name) => name.Length <= 100 ? name : $"{name[..100]}…";
}
