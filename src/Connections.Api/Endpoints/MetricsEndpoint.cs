using Connections.Api.Keys;
using Connections.Hosting.Keys;

namespace Connections.Api.Endpoints;

/// <summary>Numbers for Prometheus: of this process, and of what all hosts share.</summary>
public static class MetricsEndpoint
{
    public static void MapMetrics(this IEndpointRouteBuilder routes) => routes.MapPrometheusScrapingEndpoint("/metrics").Needs(Role.Viewer);
}
