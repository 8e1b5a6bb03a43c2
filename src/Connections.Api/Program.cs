using Connections.Api;
using Connections.Commands;
using Connections.Hosting;
using Connections.Hosting.Telemetry;

return await StartGuard.Run(args, async () =>
{
    var said = CommandLine.Read(args);
    if (said.Help()) return;
    var builder = WebApplication.CreateBuilder(said.Settings);
    said.Configure(builder);
    builder.AddDefaults();
    builder.AddSharedStores("Connections.Api"); // as configured; embedded ones are refused
    builder.AddConnectionsApi();                // HTTP: commands in, answers out
    builder.AddTelemetry("Connections.Api");
    builder.AddBus();
    var app = builder.Build();
    if (await said.Run(app)) return;
    app.MapConnectionsApi();
    await app.RunAsync();
});
