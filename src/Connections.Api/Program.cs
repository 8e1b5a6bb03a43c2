using Connections.Api;
using Connections.Hosting;

return await StartGuard.Run(async () =>
{
    var builder = WebApplication.CreateBuilder(KeysCommand.Settings(args));
    builder.AddDefaults();
    builder.AddSharedStores("Connections.Api"); // as configured; embedded ones are refused
    builder.AddConnectionsApi();                // HTTP: commands in, answers out
    builder.AddTelemetry("Connections.Api");
    builder.AddBus();
    var app = builder.Build();
    if (KeysCommand.Asked(args))
    {
        await KeysCommand.Run(app, args);
        return;
    }

    app.MapConnectionsApi();
    await app.RunAsync();
});
