using Connections.Api;
using Connections.Api.Starting;
using Connections.Commands;
using Connections.Hosting;
using Connections.Hosting.Telemetry;

return await StartGuard.Run(args, async () =>
{
    var commandLine = CommandLine.Read(args);
    if (commandLine.Help()) return;
    var builder = WebApplication.CreateBuilder(commandLine.Settings);
    commandLine.Configure(builder);
    builder.AddDefaults();
    builder.AddEarlyListener();                 // answers probes while the next services wait for the stores
    builder.AddSharedStores("Connections.Api"); // as configured; embedded stores are rejected
    builder.AddConnectionsApi();                // the HTTP interface
    builder.AddTelemetry("Connections.Api");
    builder.AddBus();
    var app = builder.Build();
    if (await commandLine.Run(app)) return;
    app.MapConnectionsApi();
    await app.RunAsync();
});
