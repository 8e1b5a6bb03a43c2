using Connections.Hosting.Keys;
using Connections.Web.Keys;

namespace Connections.Console.Endpoints;

internal static class OverviewEndpoints
{
    public static void MapOverview(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/", (HttpContext http) => Page.Go(http, "connections")).Needs(Role.Viewer);
}
