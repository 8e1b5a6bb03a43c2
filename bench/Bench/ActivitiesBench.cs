using System.Diagnostics;
using System.Text.Json;
using Activities.Worker;
using Connections.Connectors;
using Connections.Contracts;
using Connections.Hosting;
using Connections.Operations;
using Connections.Worker;
using EventSourcing;
using EventSourcing.Sql;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bench;

/// <summary>Activities through the whole embedded road, in this process, with a connector that does nothing: from <c>run-activity</c> to <c>activity-finished</c>.</summary>
internal static class ActivitiesBench
{
    private static readonly JsonElement Input = JsonDocument.Parse("""{"sql": "SELECT 1"}""").RootElement;

    public static async Task Run(Options options)
    {
        using var folder = new Folder(options);
        var transaction = Floors.Transaction(folder.File($"floor-{Guid.NewGuid():n}.db"), 600);
        var message = await Floors.Message(options.Number("callers", 32));
        await Fill.Data(folder, options);
        using var host = Build(folder.Path);
        var (caughtUp, head) = await Start(host);
        var ids = new List<Guid>();
        for (var i = 0; i < 10; i++) ids.Add(await Connect(host));
        await Load(host, ids, options, TimeSpan.FromSeconds(options.Number("warmup", 3)));
        var measured = await Load(host, ids, options, TimeSpan.FromSeconds(options.Number("seconds", 10)));
        Report.Print("activities", measured, new { eventsBefore = head, caughtUp }, ("transaction", transaction), ("message", message));
        await host.StopAsync();
    }

    private static IHost Build(string data)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.AddDefaults();
        builder.Configuration["data"] = data;
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton<IConnector, Nothing>();
        builder.AddEmbeddedStores();
        builder.AddConnectionsWorker();
        builder.AddActivitiesWorker();
        builder.Services.AddBusPart(bus => bus.AddConsumer<FinishedListener>().Endpoint(e => e.Name = "bench"));
        builder.AddBus();
        return builder.Build();
    }

    /// <summary>The seconds until every projection has read what was there.</summary>
    private static async Task<(double Seconds, long Head)> Start(IHost host)
    {
        var (started, head) = (Stopwatch.GetTimestamp(), await host.Services.GetRequiredService<IEventLog>().Head(default));
        await host.StartAsync();
        var loops = host.Services.GetRequiredService<LoopHealth>();
        foreach (var loop in loops.Loops) await loops.Until(loop.Name, s => s.Position >= head, default);
        return (Math.Round(Stopwatch.GetElapsedTime(started).TotalSeconds, 2), head);
    }

    private static Task<Guid> Connect(IHost host) => host.Services.GetRequiredService<CreateConnections>().Create(
        new Who("default", "bench"),
        new NewConnection(Guid.NewGuid(), Nothing.Id, $"Bench {Guid.NewGuid()}", null, Credentials(), false),
        default);

    private static JsonElement Credentials() => JsonSerializer.SerializeToElement(new { account = Guid.NewGuid().ToString(), key = "a key" });

    private static async Task<Measured> Load(IHost host, List<Guid> connections, Options options, TimeSpan time)
    {
        var endpoint = await host.Services.GetRequiredService<IBus>().GetSendEndpoint(new Uri("exchange:run-activity"));
        using var meter = new Meter();
        await Task.WhenAll(Enumerable.Range(0, options.Number("callers", 32)).Select(n => Task.Run(async () =>
        {
            while (meter.Elapsed < time)
            {
                var id = Guid.NewGuid();
                var (since, finished) = (Stopwatch.GetTimestamp(), FinishedListener.Expect(id));
                await endpoint.Send(new RunActivity("default", id, connections[n % connections.Count], null, "do", Input));
                await finished;
                meter.Done(since);
            }
        })));
        return meter.Read();
    }
}

internal sealed class FinishedListener : IConsumer<ActivityFinished>
{
    private static readonly Answers Finished = new();

    public static Task Expect(Guid activity) => Finished.Expect(activity);

    public Task Consume(ConsumeContext<ActivityFinished> context)
    {
        if (context.Message.Outcome != "succeeded") throw new InvalidOperationException(context.Message.Error?.Message);
        Finished.Came(context.Message.ActivityId);
        return Task.CompletedTask;
    }
}
