using Connections.Console.Endpoints;
using Connections.Console.Oidc;
using Connections.Console.Rendering;
using Connections.ReadModels.Usage;
using Connections.Web.Sessions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Connections.Console;

public static class ConsoleRegistration
{
    /// <summary>Adds the web console: pages for browsers over the same operations as the HTTP interface.</summary>
    public static IServiceCollection AddConnectionsConsole(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOidc(configuration);
        services.TryAddSingleton<UsageQueries>();
        services.AddSingleton<ConsoleAssets>();
        services.AddSingleton<PageRenderer>();
        services.AddSingleton<IBrowserPages, BrowserPages>();
        services.AddSingleton<Apps>();
        services.AddSingleton<Actors>();
        services.AddSingleton<ConnectionDetails>();
        services.AddSingleton<SignInAttemptsByAddress>();
        return services;
    }

    public static void MapConnectionsConsole(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/assets/{hash}/{name}", (string hash, string name, HttpContext http, ConsoleAssets assets) =>
            assets.Find(hash, name) is { } asset ? ConsoleAssets.Write(http, asset) : NotFound(http))
            .ExcludeFromDescription().AllowAnonymous();
        var open = routes.MapGroup("").ExcludeFromDescription().AllowAnonymous().WithMetadata(new BrowserEndpoint());
        open.MapSignIn();
        open.MapProvider();
        var pages = routes.MapGroup("").ExcludeFromDescription().WithMetadata(new BrowserEndpoint()).AddEndpointFilter<Guard>();
        pages.MapOverview();
        pages.MapMarket();
        pages.MapConnect();
        pages.MapConnectionList();
        pages.MapConnectionPages();
        pages.MapConnectionChanges();
        pages.MapActivityPages();
        pages.MapExpiring();
        pages.MapKeyPages();
        pages.MapSession();
    }

    private static Task NotFound(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
