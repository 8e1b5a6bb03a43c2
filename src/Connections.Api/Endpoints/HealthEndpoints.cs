using Connections.Hosting.Telemetry;
using Connections.Web.Responses;

namespace Connections.Api.Endpoints;

/// <summary>Liveness and readiness for probes. Both need no API key.</summary>
public static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/health").WithTags("Health").AllowAnonymous();
        health.MapGet("/live", () => HealthResponse.Live).WithName("getLiveness").WithSummary("Reports that the process is alive");
        health.MapGet("/ready", async (Readiness readiness, CancellationToken ct) =>
        {
            var health = await readiness.Check(bus: false, ct);
            return TypedResults.Json(health, Json.Options, statusCode: health.Status == "ready" ? 200 : 503);
        }).WithName("getReadiness").WithSummary("Reports whether the service can serve, or what is missing")
            .Produces<HealthResponse>().Produces<HealthResponse>(503);
    }
}
