using Activities.Worker;
using Connections.Hosting;
using Connections.Hosting.Telemetry;

return await StartGuard.Run(args, async () =>
{
    var builder = Host.CreateApplicationBuilder(args);
    builder.AddDefaults();
    builder.AddHealthListener();                       // HTTP inside: probes, metrics; before what waits for a store
    builder.AddSharedStores("Activities.Worker"); // as configured; embedded ones are refused
    builder.AddActivitiesWorker();                // the bus: activities in
    builder.AddTelemetry("Activities.Worker");
    builder.AddBus();
    await builder.Build().RunAsync();
});
