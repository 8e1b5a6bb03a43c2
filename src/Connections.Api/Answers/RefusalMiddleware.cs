using Connections.Hosting;
using EventSourcing;

namespace Connections.Api;

/// <summary>Turns what flies out of an endpoint into an answer: refusals by their code, conflicts that went on,
/// stores that are away, and faults of ours without their inside.</summary>
public sealed class RefusalMiddleware(RequestDelegate next, ILogger<RefusalMiddleware> log)
{
    public async Task Invoke(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (RejectedException refused)
        {
            await Problems.Write(context, Problems.Of(refused));
        }
        catch (StreamConflictException)
        {
            context.Response.Headers.RetryAfter = "1";
            await Problems.Write(context, Problems.Of(503, "request.conflict", "Others changed the same thing at the same moment. Try again."));
        }
        catch (BadHttpRequestException bad)
        {
            var (code, detail) = bad.StatusCode == 413
                ? ("request.too-large", "The body is larger than 1 MB.")
                : ("request.malformed", JsonProblem.Explain(bad));
            await Problems.Write(context, Problems.Of(bad.StatusCode, code, detail));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // the caller is gone
        }
        catch (UnknownEventException newer) when (!context.Response.HasStarted)
        {
            log.LogWarning("{Method} {Path}: {Fault}", context.Request.Method, context.Request.Path, newer.Message);
            context.Response.Headers.RetryAfter = "1";
            await Problems.Write(
                context, Problems.Of(503, "request.unavailable", "A newer version of the service, which is being rolled out, wrote to this. Try again."));
        }
        catch (Exception away) when (!context.Response.HasStarted && Stores.AreAway(away))
        {
            log.LogWarning("{Method} {Path}: {Fault}", context.Request.Method, context.Request.Path, away.GetType().Name);
            context.Response.Headers.RetryAfter = "1";
            await Problems.Write(
                context, Problems.Of(503, "request.unavailable", "The service cannot reach one of its stores; /health/ready names it. Try again."));
        }
        catch (Exception fault) when (!context.Response.HasStarted)
        {
            log.LogError(fault, "{Method} {Path} failed", context.Request.Method, context.Request.Path);
            await Problems.Write(context, Problems.Of(500, "internal", $"The service failed; its log names the cause under {context.TraceIdentifier}."));
        }
    }
}
