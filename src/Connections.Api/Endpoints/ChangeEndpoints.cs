using Connections.Hosting.Keys;
using Connections.Web.Changes;
using Connections.Web.Keys;

namespace Connections.Api.Endpoints;

/// <summary>Tells callers that a connection or an activity of their workspace changed, so that they read it again.</summary>
public static class ChangeEndpoints
{
    public static void MapChanges(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/changes", (Delegate)Follow).WithTags("Changes").WithName("followChanges")
            .WithSummary("Follows the changes of the workspace as server-sent events").Needs(Role.Viewer).Produces(200, contentType: "text/event-stream");

    private static Task Follow(HttpContext http, ChangeFeed feed, Callers callers, IHostApplicationLifetime lifetime, TimeProvider clock) =>
        ChangeStream.Write(http, feed, callers, lifetime, clock);
}
