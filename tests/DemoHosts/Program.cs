using Activities.Worker;
using Connections.Api;
using Connections.Connectors;
using Connections.Hosting;
using Connections.Hosting.Telemetry;
using Connections.Worker;
using DemoDefinitions;

// Runs one of the three hosts, named by the first argument, with two more connectors for a provider of the tests: demo-mail, whose refresh
// tokens are single-use, and steady-mail, whose refresh tokens are not.
var (host, rest) = (args[0], args[1..]);
return await StartGuard.Run(async () =>
{
    if (host == "Connections.Api")
    {
        var web = WebApplication.CreateBuilder(rest);
        AddHost(web).AddConnectionsApi();
        web.AddBus();
        var app = web.Build();
        app.MapConnectionsApi();
        await app.RunAsync();
        return;
    }

    var builder = Host.CreateApplicationBuilder(rest);
    AddHost(builder);
    if (host == "Connections.Worker") builder.AddConnectionsWorker();
    else builder.AddActivitiesWorker();
    builder.AddBus();
    await builder.Build().RunAsync();
});

T AddHost<T>(T builder)
    where T : IHostApplicationBuilder
{
    builder.AddDefaults();
    builder.AddSharedStores(host);
    builder.AddTelemetry(host);
    builder.Services.AddDefinedConnector(DemoConnectors.Mail).AddDefinedConnector(DemoConnectors.SteadyMail);
    return builder;
}
