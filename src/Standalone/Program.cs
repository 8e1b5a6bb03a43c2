using Activities.Worker;
using Connections.Api;
using Connections.Hosting;
using Connections.Worker;
using Standalone;

var builder = WebApplication.CreateBuilder(args);
builder.AddStandaloneDefaults();
builder.AddEmbeddedStores(ServiceSettings.Embedded(builder.Configuration).DataFolder!);
builder.AddConnectionsApi();
builder.AddConnectionsWorker();
builder.AddActivitiesWorker();
builder.AddEmbeddedStart();
builder.AddBus();
var app = builder.Build();
app.MapConnectionsApi();
await app.RunAsync();
