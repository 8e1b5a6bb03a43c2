using Connections.Api.Responses;
using Connections.Hosting.Telemetry;

namespace Connections.Api.Endpoints;

/// <summary>Whether the process lives, and whether it can serve: asked by probes, without a key.</summary>
public static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/health").WithTags("Health").AllowAnonymous();
        health.MapGet("/live", () => HealthResponse.Live).WithSummary("The process lives");
        health.MapGet("/ready", async (Readiness readiness, CancellationToken ct) =>
        {
            var answer = await readiness.Check(bus: false, ct);
            return TypedResults.Json(answer, Json.Options, statusCode: answer.Status == "ready" ? 200 : 503);
        }).WithSummary("It can serve; if not, what is missing");
    }
}
