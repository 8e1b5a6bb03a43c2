using Activities.Worker;
using Connections.Api;
using Connections.Connectors;
using Connections.Connectors.OAuth;
using Connections.Hosting;
using Connections.Hosting.Telemetry;
using Connections.Worker;
using DemoDefinitions;

// The three hosts as they are, which also know connectors to a provider that the tests bring along: demo-mail, whose refresh tokens are of
// single use, and steady-mail, whose are not. The first argument names the host.
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
    var mail = DemoConnectors.Mail;
    var steady = mail.Entry with { Id = "steady-mail", OAuth = mail.OAuth with { Rotation = Rotation.None } };
    builder.AddDefaults();
    builder.AddSharedStores(host);
    builder.AddTelemetry(host);
    builder.Services.AddDefinedConnector(mail).AddDefinedConnector(mail with { Entry = steady });
    return builder;
}
