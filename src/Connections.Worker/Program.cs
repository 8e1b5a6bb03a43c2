using Connections.Hosting;
using Connections.Hosting.Telemetry;
using Connections.Worker;

return await StartGuard.Run(args, async () =>
{
    var builder = Host.CreateApplicationBuilder(args);
    builder.AddDefaults();
    builder.AddHealthListener();                        // HTTP inside: probes, metrics; before what waits for a store
    builder.AddSharedStores("Connections.Worker"); // as configured; embedded ones are refused
    builder.AddConnectionsWorker();                // projections, reactors, waker, schedules; the bus: commands in
    builder.AddTelemetry("Connections.Worker");
    builder.AddBus();
    await builder.Build().RunAsync();
});
