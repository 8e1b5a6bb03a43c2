using Activities.Worker;
using Connections.Api;
using Connections.Hosting;
using Connections.Worker;
using Standalone;

return await StartGuard.Run(async () =>
{
    var builder = WebApplication.CreateBuilder(KeysCommand.Settings(Demo.Without(args)));
    builder.AddDefaults();
    builder.AddStandaloneDefaults();  // a loopback address, an API key
    builder.AddEmbeddedStores();      // SQLite files in one folder
    builder.AddConnectionsApi();
    builder.AddConnectionsWorker();
    builder.AddActivitiesWorker();
    builder.AddEmbeddedStart();       // what an earlier run left is judged
    if (Demo.Asked(args)) await builder.AddDemo(); // a provider of its own, to try sign-ins with
    builder.AddTelemetry("Standalone");
    builder.AddBus();                 // in memory
    var app = builder.Build();
    if (KeysCommand.Asked(args))
    {
        await KeysCommand.Run(app, args);
        return;
    }

    app.MapConnectionsApi();
    await app.RunAsync();
});
