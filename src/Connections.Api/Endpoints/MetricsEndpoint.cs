using Connections.Hosting.Keys;
using Connections.Web.Keys;

namespace Connections.Api.Endpoints;

/// <summary>Metrics for Prometheus, about this process and about what all hosts share.</summary>
public static class MetricsEndpoint
{
    public static void MapMetrics(this IEndpointRouteBuilder routes) => routes.MapPrometheusScrapingEndpoint("/metrics").Needs(Role.Viewer);
}
