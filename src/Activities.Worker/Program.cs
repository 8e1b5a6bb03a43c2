using Activities.Worker;
using Connections.Hosting;
using Connections.Hosting.Settings;
using Connections.Hosting.Telemetry;

return await StartGuard.Run(args, async () =>
{
    SettingsCheck.RequireSettings(args);
    var builder = Host.CreateApplicationBuilder(args);
    builder.AddDefaults();
    builder.AddHealthListener();                  // probes and metrics; first, because the next services wait for the stores
    builder.AddSharedStores("Activities.Worker"); // as configured; embedded stores are rejected
    builder.AddActivitiesWorker();                // consumers of activities
    builder.AddTelemetry("Activities.Worker");
    builder.AddBus();
    await builder.Build().RunAsync();
});
