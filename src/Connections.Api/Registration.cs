using Connections.Api.Description;
using Connections.Api.Endpoints;
using Connections.Api.Errors;
using Connections.Api.OAuth;
using Connections.Api.Requests;
using Connections.Api.Telemetry;
using Connections.Console;
using Connections.Hosting.Keys;
using Connections.Hosting.Limits;
using Connections.Hosting.Telemetry;
using Connections.Operations;
using Connections.ReadModels.Ledger;
using Connections.ReadModels.Overview;
using Connections.Web.Changes;
using Connections.Web.Keys;
using Connections.Web.OAuth;
using Connections.Web.Responses;
using Connections.Web.Sessions;
using EventSourcing.Sql.Loops;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Scalar.AspNetCore;

namespace Connections.Api;

public static class Registration
{
    /// <summary>Adds the HTTP interface: endpoints, API keys, sign-in callbacks, metrics and the OpenAPI document.</summary>
    public static WebApplicationBuilder AddConnectionsApi(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargeBodyMiddleware.Largest;
        });
        services.AddHostedService<LimitConnections>();
        services.AddOperations(builder.Configuration);
        services.AddLoops();
        services.AddSingleton<ApiKeys>();
        services.AddKeyAccess();
        services.AddKeyLimits();
        services.AddConnectionsConsole(builder.Configuration);
        services.AddSingleton<IProblemDetailsWriter, ProblemWriter>();
        services.AddProblemDetails();
        services.AddExceptionHandler<FailureHandler>();
        services.AddOptions<ApiHttpOptions>().BindConfiguration("Http")
            .Validate(
                http => PublicAddress.Valid(http.PublicUrl), "Http:PublicUrl must be an address with https://, or http:// on loopback.")
            .ValidateOnStart();
        services.AddSingleton<PublicAddress>();
        services.AddHostedService(p => p.GetRequiredService<PublicAddress>());
        services.AddSingleton<OAuthConnections>();
        services.AddSingleton<SignInCookies>();
        services.AddSingleton<OAuthCallbackHandler>();
        services.AddHostedService<LongUrlObserver>();
        // This category logs request URLs, and the URL of a sign-in callback holds an authorization code.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
        // This category logs each connection above the limit, so a stranger could fill the disk.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel.Connections", LogLevel.Error);
        services.AddHostedService<KeyStart>();
        services.AddSingleton<ConnectionResponses>();
        services.AddSingleton<ActivityResponses>();
        services.AddSingleton<ActivityWatch>();
        services.AddHostedService(p => p.GetRequiredService<ActivityWatch>());
        services.AddSingleton<ChangeFeed>();
        services.AddHostedService(p => p.GetRequiredService<ChangeFeed>());
        services.AddScrapedMetrics();
        services.AddSingleton<OverviewQueries>();
        services.AddSingleton<LoopLags>();
        services.AddSingleton<ListDelay>();
        services.AddHostedService<OverviewMeter>();
        services.TryAddSingleton<LedgerQueries>();
        services.TryAddSingleton<OpenByAge>();
        services.ConfigureHttpJsonOptions(json => Json.Configure(json.SerializerOptions));
        // FailureHandler writes the problem, in every environment.
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddOpenApi(ApiDescription.Configure);
        return builder;
    }

    public static WebApplication MapConnectionsApi(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseRouting();
        app.UseMiddleware<LogLimitMiddleware>();
        app.UseMiddleware<LargeBodyMiddleware>();
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
        app.UseMiddleware<QueryParameterMiddleware>();
        app.UseMiddleware<JsonBodyMiddleware>();
        app.MapHealth();
        app.MapConnectors();
        app.MapConnections();
        app.MapActivities();
        app.MapSecrets();
        app.MapFiles();
        app.MapOAuth();
        app.MapMetrics();
        app.MapKeys();
        app.MapChanges();
        app.MapConsoleAddress();
        app.MapConnectionsConsole();
        app.MapOpenApi("/openapi/{documentName}.json").Needs(Role.Viewer);
        // The API reference is a page for browsers: it takes their session, and so does its copy of the document.
        app.MapOpenApi("/docs/openapi/{documentName}.json").Needs(Role.Viewer).WithMetadata(new BrowserEndpoint());
        app.MapScalarApiReference(
                "/docs",
                page => page.DisableDefaultFonts() // without fonts of a foreign host
                    .WithOpenApiRoutePattern("docs/openapi/{documentName}.json"))
            .Needs(Role.Viewer).WithMetadata(new BrowserEndpoint());
        return app;
    }
}
