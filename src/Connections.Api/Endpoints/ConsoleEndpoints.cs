using Connections.Hosting.Keys;
using Connections.Hosting.Sessions;
using Connections.Web.Keys;

namespace Connections.Api.Endpoints;

/// <param name="Path">The one-time address, below the address of this service.</param>
public sealed record ConsoleAddressResponse(string Path, DateTimeOffset ExpiresAt);

/// <summary>Creates one-time addresses of the console.</summary>
public static class ConsoleEndpoints
{
    public static void MapConsoleAddress(this IEndpointRouteBuilder routes) => routes.MapPost("/api/console/addresses", Create)
        .WithTags("Console").WithName("createConsoleAddress").WithSummary("Creates a one-time address that signs a browser in with this key")
        .Needs(Role.Viewer).Produces<ConsoleAddressResponse>(201);

    private static async Task<IResult> Create(HttpContext http, SessionStore sessions, TimeProvider clock, CancellationToken ct)
    {
        var key = http.Key();
        var code = await sessions.CreateCode(key.Workspace, key.Id, ct);
        return TypedResults.Created((string?)null, new ConsoleAddressResponse($"/enter/{code}", clock.GetUtcNow() + SessionStore.CodeLife));
    }
}
