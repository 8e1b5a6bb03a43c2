using System.Diagnostics;
using System.Text.Json;
using Activities.Worker;
using Connections.Connectors;
using Connections.Contracts;
using Connections.Hosting;
using Connections.Hosting.Telemetry;
using Connections.Operations;
using Connections.Operations.Connections;
using Connections.Worker;
using EventSourcing;
using EventSourcing.Sql.Loops;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bench;

/// <summary>Runs both workers in this process with the no-op connector, from <c>run-activity</c> to <c>activity-finished</c>.</summary>
internal sealed class ActivityFlow : IAsyncDisposable
{
    public static readonly JsonElement Input = JsonDocument.Parse("""{"sql": "SELECT 1"}""").RootElement;

    private readonly IHost host;
    private readonly ISendEndpoint endpoint;
    private readonly List<Guid> connections = [];

    private ActivityFlow(IHost host, ISendEndpoint endpoint) => (this.host, this.endpoint) = (host, endpoint);

    /// <summary>The seconds until every projection had read the existing log, and the number of its events.</summary>
    public (double Seconds, long Head) CaughtUp { get; private init; }

    /// <param name="settings">Configuration of the host.</param>
    public static async Task<ActivityFlow> Open(string data, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.AddDefaults();
        builder.Configuration["data"] = data;
        foreach (var (key, value) in settings) builder.Configuration[key] = value;
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.Configure<MassTransitHostOptions>(bus => bus.WaitUntilStarted = true);
        builder.Services.AddSingleton<IConnector, Nothing>();
        builder.AddEmbeddedStores();
        builder.AddConnectionsWorker();
        builder.AddActivitiesWorker();
        builder.Services.AddBusPart(bus => bus.AddConsumer<FinishedListener>().Endpoint(e => e.Name = "bench"));
        builder.AddTelemetry("Bench");
        builder.AddBus();
        var host = builder.Build();
        var caughtUp = await Start(host);
        var endpoint = await host.Services.GetRequiredService<IBus>().GetSendEndpoint(new Uri("exchange:run-activity"));
        var transport = new ActivityFlow(host, endpoint) { CaughtUp = caughtUp };
        for (var i = 0; i < 10; i++) transport.connections.Add(await transport.Connect());
        return transport;
    }

    public Task<Measured> Load(int callers, int seconds) => Crowd.Measure(callers, TimeSpan.FromSeconds(seconds), Run);

    /// <summary>Runs one activity.</summary>
    public async Task Run(int caller)
    {
        var id = Guid.NewGuid();
        var finished = FinishedListener.Expect(id);
        await endpoint.Send(new RunActivity("default", id, connections[caller % connections.Count], null, "do", Input));
        await finished;
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }

    private static async Task<(double Seconds, long Head)> Start(IHost host)
    {
        var (started, head) = (Stopwatch.GetTimestamp(), 0L);
        await host.StartAsync();
        head = await host.Services.GetRequiredService<IEventLog>().Head(default);
        var loops = host.Services.GetRequiredService<LoopHealth>();
        foreach (var loop in loops.Loops) await loops.Until(loop.Name, s => s.Position >= head, default);
        return (Math.Round(Stopwatch.GetElapsedTime(started).TotalSeconds, 2), head);
    }

    private Task<Guid> Connect() => host.Services.GetRequiredService<CreateConnections>().Create(
        new RequestContext("default", "bench"),
        new NewConnection(Guid.NewGuid(), Nothing.Id, $"Bench {Guid.NewGuid()}", null, Credentials(), false),
        default);

    private static JsonElement Credentials() => JsonSerializer.SerializeToElement(new { account = Guid.NewGuid().ToString(), key = "a key" });
}

internal sealed class FinishedListener : IConsumer<ActivityFinished>
{
    private static readonly BenchResponses Finished = new();

    public static Task Expect(Guid activity) => Finished.Expect(activity);

    public Task Consume(ConsumeContext<ActivityFinished> context)
    {
        if (context.Message.Outcome != "succeeded") throw new InvalidOperationException(context.Message.Error?.Message);
        Finished.Complete(context.Message.ActivityId);
        return Task.CompletedTask;
    }
}
