using Activities.Worker;
using Connections.Api;
using Connections.Commands;
using Connections.Hosting;
using Connections.Hosting.Telemetry;
using Connections.Worker;
using Standalone;

return await StartGuard.Run(args, async () =>
{
    var said = CommandLine.Read(Demo.Without(args));
    if (said.Help()) return;
    var builder = WebApplication.CreateBuilder(said.Settings);
    said.Configure(builder);
    builder.AddDefaults();
    builder.AddStandaloneDefaults();  // a loopback address, an API key
    builder.AddEmbeddedStores();      // SQLite files in one folder
    builder.AddConnectionsApi();
    builder.AddConnectionsWorker();
    builder.AddActivitiesWorker();
    builder.AddEmbeddedStart();       // what an earlier run left is judged
    if (Demo.IsRequested(args)) await builder.AddDemo(); // a provider of its own, to try sign-ins with
    builder.AddTelemetry("Standalone");
    builder.AddBus();                 // in memory
    var app = builder.Build();
    if (await said.Run(app)) return;
    app.MapConnectionsApi();
    await app.RunAsync();
});
