using Connections.Web.Sessions;
using EventSourcing;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace Connections.Web.Responses;

/// <summary>Creates and writes RFC 9457 problem details. One table maps each code to its HTTP status.</summary>
public static class Problems
{
    private static readonly Dictionary<string, int> Statuses = new()
    {
        ["request.malformed"] = 400,
        ["request.unauthorized"] = 401,
        ["request.forbidden"] = 403,
        ["request.method-not-allowed"] = 405,
        ["request.timeout"] = 408,
        ["request.precondition-failed"] = 412,
        ["request.range-not-satisfiable"] = 416,
        ["request.too-large"] = 413,
        ["request.unsupported-media-type"] = 415,
        ["request.rate-limited"] = 429,
        ["request.conflict"] = 503,
        ["request.unavailable"] = 503,
        ["connector.not-found"] = 404,
        ["connector.not-configured"] = 422,
        ["connection.not-found"] = 404,
        ["activity.not-found"] = 404,
        ["key.not-found"] = 404,
        ["connection.name-taken"] = 409,
        ["connection.account-taken"] = 409,
        ["connection.id-reused"] = 409,
        ["activity.id-reused"] = 409,
        ["activity.wrong-state"] = 409,
        ["connection.credentials-rejected"] = 422,
        ["connection.unreachable"] = 422,
        ["connection.test-failed"] = 422,
        ["connection.other-account"] = 422,
        ["connection.invalid"] = 422,
        ["activity.input-invalid"] = 422,
        ["activity.unknown"] = 422,
        ["secret.not-found"] = 422,
        ["secret.expired"] = 422,
        ["connection.deleted"] = 410,
        ["file.not-found"] = 404,
        ["file.expired"] = 410,
        ["file.too-large"] = 413,
        ["file.not-configured"] = 422,
        ["file.unreadable"] = 500,
        ["file.store-full"] = 507
    };

    public static IEnumerable<string> Codes => Statuses.Keys.Append("request.not-found").Append("internal");

    private static readonly Dictionary<int, string> Titles = new()
    {
        [400] = "Malformed request",
        [401] = "No valid API key",
        [403] = "Not allowed",
        [404] = "Not found",
        [405] = "Method not allowed",
        [408] = "Timed out",
        [409] = "Conflict",
        [410] = "Gone",
        [412] = "Precondition failed",
        [413] = "Too large",
        [415] = "Unsupported media type",
        [416] = "Range not satisfiable",
        [422] = "Cannot be done as asked",
        [429] = "Too many requests",
        [500] = "Internal error",
        [503] = "Try again",
        [507] = "Store full"
    };

    public static ProblemDetails From(RejectedException rejected)
    {
        var problem = From(Statuses[rejected.Code], rejected.Code, rejected.Message);
        if (rejected.Errors.Count > 0) problem.Extensions["errors"] = rejected.Errors;
        foreach (var (name, value) in rejected.Facts) problem.Extensions[name] = value;
        return problem;
    }

    public static ProblemDetails From(int status, string code, string detail) => new()
    {
        Status = status,
        Title = Titles.GetValueOrDefault(status),
        Detail = detail,
        Extensions = { ["code"] = code }
    };

    public static ProblemDetails TooLarge() => From(413, "request.too-large", "The body is larger than 1 MB.");

    public static ProblemDetails WrongMediaType() =>
        From(415, "request.unsupported-media-type", "Send the body as application/json, and name that in Content-Type.");

    /// <summary>Describes a status that the framework sets without a body: unknown route, wrong method, unsupported media type.</summary>
    public static ProblemDetails FromStatus(HttpContext context)
    {
        var path = context.Request.Path;
        return context.Response.StatusCode switch
        {
            404 when path.StartsWithSegments("/api/connections") => From(404, "connection.not-found", "There is no such connection."),
            404 when path.StartsWithSegments("/api/activities") => From(404, "activity.not-found", "There is no such activity."),
            404 when path.StartsWithSegments("/api/files") => From(404, "file.not-found", "There is no such file."),
            404 when path.StartsWithSegments("/api/keys") => From(404, "key.not-found", "There is no such key."),
            404 when path.StartsWithSegments("/api/connectors") =>
                From(404, "connector.not-found", "There is no such connector. GET /api/connectors lists them."),
            404 => From(404, "request.not-found", "There is nothing at this address."),
            413 => TooLarge(),
            405 => From(405, "request.method-not-allowed", $"This address answers {context.Response.Headers.Allow} only."),
            415 => WrongMediaType(),
            var status => From(status, "request.malformed", $"The service rejected the request with HTTP status {status}.")
        };
    }

    /// <summary>The pages for the browser that sent the request; null for a caller that reads problems, which the console's module is too.</summary>
    public static IBrowserPages? BrowserPages(HttpContext context)
    {
        var endpoint = context.GetEndpoint() ?? context.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        var reads = context.Request.Headers.Accept.ToString();
        var isPage = endpoint is RouteEndpoint
            ? endpoint.Metadata.GetMetadata<BrowserEndpoint>() is not null && !reads.Contains("json", StringComparison.OrdinalIgnoreCase)
            : reads.Contains("text/html", StringComparison.OrdinalIgnoreCase) && !context.Request.Path.StartsWithSegments("/api");
        return isPage ? context.RequestServices.GetService<IBrowserPages>() : null;
    }

    public static async Task Write(HttpContext context, ProblemDetails problem)
    {
        if (BrowserPages(context) is { } pages)
        {
            await pages.Problem(context, problem);
            return;
        }

        context.Response.StatusCode = problem.Status!.Value;
        await context.Response.WriteAsJsonAsync(problem, Json.Options, "application/problem+json", context.RequestAborted);
    }
}
