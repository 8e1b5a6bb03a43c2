using Connections.Hosting;
using Connections.Hosting.Settings;
using Connections.Hosting.Telemetry;
using Connections.Worker;

return await StartGuard.Run(args, async () =>
{
    SettingsCheck.RequireSettings(args);
    var builder = Host.CreateApplicationBuilder(args);
    builder.AddDefaults();
    builder.AddHealthListener();                   // probes and metrics; first, because the next services wait for the stores
    builder.AddSharedStores("Connections.Worker"); // as configured; embedded stores are rejected
    builder.AddConnectionsWorker();                // projections, reactors, waker, jobs, command consumers
    builder.AddTelemetry("Connections.Worker");
    builder.AddBus();
    await builder.Build().RunAsync();
});
