using Connections.Api.Requests;
using Connections.Hosting;
using Connections.Web.Responses;
using EventSourcing;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace Connections.Api.Errors;

/// <summary>
/// Turns an exception of an endpoint into a problem: rejections by their code, repeated conflicts, unavailable stores, and internal faults
/// without their details.
/// </summary>
internal sealed class FailureHandler(ILogger<FailureHandler> log, IProblemDetailsService problems) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var problem = Describe(httpContext, exception);
        httpContext.Response.StatusCode = problem.Status!.Value;
        if (problem.Status == 503 && exception is not RejectedException) httpContext.Response.Headers.RetryAfter = "1";
        return await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = httpContext, ProblemDetails = problem, Exception = exception });
    }

    private ProblemDetails Describe(HttpContext context, Exception exception)
    {
        switch (exception)
        {
            case RejectedException rejected:
                return Problems.From(rejected);
            case StreamConflictException:
                return Problems.From(503, "request.conflict", "Other requests changed the same thing at the same time. Try again.");
            case BadHttpRequestException bad:
                return MalformedRequest.Describe(bad, context.Features.Get<IExceptionHandlerFeature>()?.Endpoint);
            case UnknownEventException newer:
                log.LogWarning("{Method} {Path}: {Fault}", context.Request.Method, context.Request.Path, newer.Message);
                return Problems.From(
                    503, "request.unavailable", "A newer version of the service, now being rolled out, wrote this. Try again.");
            case var unavailable when StoreFaults.AreUnavailable(unavailable):
                log.LogWarning("{Method} {Path}: {Fault}", context.Request.Method, context.Request.Path, unavailable.GetType().Name);
                return Problems.From(503, "request.unavailable", "The service cannot reach one of its stores; /health/ready names it. Try again.");
            default:
                log.LogError(exception, "{Method} {Path} failed", context.Request.Method, context.Request.Path);
                return Problems.From(500, "internal", $"The service failed; its log names the cause under {context.TraceIdentifier}.");
        }
    }
}
