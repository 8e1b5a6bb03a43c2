using System.Diagnostics;
using MassTransit;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bench;

/// <summary>Measures the unavoidable cost of the parts.</summary>
internal static class Floors
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>Bare SQLite transactions of one row, each synced to disk.</summary>
    public static Measured Transaction(string path, int bytes)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (id INTEGER PRIMARY KEY, data BLOB)");
        using var insert = new SqliteCommand("INSERT INTO t (data) VALUES (@data)", connection);
        insert.Parameters.AddWithValue("@data", new byte[bytes]);
        using var meter = new Meter();
        while (meter.Elapsed < Second)
        {
            var since = Stopwatch.GetTimestamp();
            insert.ExecuteNonQuery();
            meter.Done(since);
        }

        return meter.Read();
    }

    /// <summary>Bare in-memory messages through MassTransit with one consumer.</summary>
    public static async Task<Measured> Message(int inFlight)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.AddConsumer<Listener>().Endpoint(e => e.Name = "ping");
            bus.UsingInMemory((context, memory) => memory.ConfigureEndpoints(context));
        });
        using var host = builder.Build();
        await host.StartAsync();
        var bus = host.Services.GetRequiredService<IBus>();
        await Exchange(bus, inFlight, Second);
        var measured = await Exchange(bus, inFlight, Second);
        await host.StopAsync();
        return measured;
    }

    private static async Task<Measured> Exchange(IBus bus, int inFlight, TimeSpan time)
    {
        using var meter = new Meter();
        await Task.WhenAll(Enumerable.Range(0, inFlight).Select(_ => Task.Run(async () =>
        {
            while (meter.Elapsed < time)
            {
                var ping = new Ping(Guid.NewGuid());
                var (since, response) = (Stopwatch.GetTimestamp(), Listener.Expect(ping.Id));
                await bus.Publish(ping, _ => { });
                await response;
                meter.Done(since);
            }
        })));
        return meter.Read();
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = new SqliteCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}

public sealed record Ping(Guid Id);

internal sealed class Listener : IConsumer<Ping>
{
    private static readonly BenchResponses Responses = new();

    public static Task Expect(Guid id) => Responses.Expect(id);

    public Task Consume(ConsumeContext<Ping> context)
    {
        Responses.Complete(context.Message.Id);
        return Task.CompletedTask;
    }
}
