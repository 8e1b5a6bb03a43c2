using Activities.Worker;
using Connections.Hosting;

var builder = Host.CreateApplicationBuilder(args);
builder.AddSharedStores("Activities.Worker"); // as configured; embedded ones are refused
builder.AddActivitiesWorker();                // the bus: activities in
builder.AddBus();
await builder.Build().RunAsync();
