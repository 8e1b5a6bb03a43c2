using Activities.Worker;
using Connections.Api;
using Connections.Api.Starting;
using Connections.Commands;
using Connections.Hosting;
using Connections.Hosting.Telemetry;
using Connections.Worker;
using Standalone;

return await StartGuard.Run(args, async () =>
{
    if (ConsoleAddress.IsRequested(args))
    {
        await ConsoleAddress.Print(args);
        return;
    }

    var commandLine = CommandLine.Read(Demo.Without(args));
    if (commandLine.Help()) return;
    var builder = WebApplication.CreateBuilder(commandLine.Settings);
    commandLine.Configure(builder);
    builder.AddDefaults();
    builder.AddStandaloneDefaults();  // a loopback address, an API key
    builder.AddEarlyListener();       // answers probes while the next services wait for stores on servers
    builder.AddEmbeddedStores(commandLine.Folder); // SQLite files in one folder
    builder.AddConnectionsApi();
    builder.AddConnectionsWorker();
    builder.AddActivitiesWorker();
    builder.AddEmbeddedStart();       // ends the attempts that an earlier run left
    if (Demo.IsRequested(args)) await builder.AddDemo(); // a local provider to try sign-ins with
    builder.AddTelemetry("Standalone");
    builder.AddBus();                 // in memory, unless RabbitMQ is configured
    var app = builder.Build();
    if (await commandLine.Run(app)) return;
    app.MapConnectionsApi();
    await app.RunAsync();
});
