using Connections.Hosting;
using Connections.Worker;

var builder = Host.CreateApplicationBuilder(args);
builder.AddSharedStores("Connections.Worker"); // as configured; embedded ones are refused
builder.AddConnectionsWorker();                // projections, reactors, waker, schedules; the bus: commands in
builder.AddBus();
await builder.Build().RunAsync();
