using Connections.Connectors;
using Connections.Operations;
using EventSourcing.Sql;
using Microsoft.AspNetCore.Authentication;
using Scalar.AspNetCore;

namespace Connections.Api;

public static class Registration
{
    private const long LargestBody = 1024 * 1024;

    /// <summary>HTTP in, HTTP out.</summary>
    public static WebApplicationBuilder AddConnectionsApi(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
        });
        services.AddConnectors(builder.Configuration);
        services.AddOperations();
        services.AddLoops();
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<KeyCache>();
        services.AddHostedService<ApiKeyTables>();
        services.AddSingleton<ConnectionAnswers>();
        services.AddSingleton<ActivityAnswers>();
        services.AddSingleton<StreamWatch>();
        services.AddHostedService(p => p.GetRequiredService<StreamWatch>());
        services.AddSingleton<Readiness>();
        services.ConfigureHttpJsonOptions(json => Json.Configure(json.SerializerOptions));
        services.AddAuthentication(KeyAuthentication.Name).AddScheme<AuthenticationSchemeOptions, KeyAuthentication>(KeyAuthentication.Name, null);
        services.AddAuthorization();
        services.AddOpenApi();
        return builder;
    }

    public static WebApplication MapConnectionsApi(this WebApplication app)
    {
        app.UseMiddleware<RefusalMiddleware>();
        app.UseStatusCodePages(pages => pages.HttpContext.Response.HasStarted
            ? Task.CompletedTask
            : Problems.Write(pages.HttpContext, Problems.OfBareStatus(pages.HttpContext)));
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapHealth();
        var keyed = app.MapGroup("").RequireAuthorization();
        keyed.MapConnectors();
        keyed.MapConnections();
        keyed.MapActivities();
        keyed.MapOpenApi("/openapi/{documentName}.json").WithMetadata(Role.Viewer);
        keyed.MapScalarApiReference("/docs").WithMetadata(Role.Viewer);
        return app;
    }

    private sealed class ApiKeyTables(ServiceDatabase database) : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken) => ApiKeys.Tables.Apply(database.Sql, cancellationToken);

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
