using Connections.Connectors;
using Connections.Domain.Token;
using Connections.Operations.Grants;
using Connections.ReadModels;
using Connections.ReadModels.Waits;
using DemoDefinitions;
using EventSourcing;
using EventSourcing.EventStoreDb;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using TestServers;

namespace EndToEnd.Tests.Hosts;

/// <summary>Rebuilds the visible rows from the start of the log in an empty schema, to compare them with the rows of the hosts.</summary>
internal static class Rebuilt
{
    private const string Schema = "rebuilt";

    private static readonly string[] Tables = ["connections", "activities", "connection_use", "grants", "wait_connections", "usage_days", "usage_hours", "usage_times"];

    /// <summary>Waits until the hosts have processed the whole log.</summary>
    public static async Task IsWhatTheHostsWrote(Servers servers)
    {
        await servers.Sql.Sql($"DROP SCHEMA IF EXISTS {Schema} CASCADE; CREATE SCHEMA {Schema} AUTHORIZATION {PostgresDatabases.User}", servers.Sql.Database);
        await Build(servers);
        foreach (var table in Tables)
        {
            await AreTheSame(servers, table);
            Assert.NotEmpty(await Rows(servers, "public", table));
        }

        // The rows of waits also record what the waker sent. They follow from the log alone only once all activities have ended.
        await AreTheSame(servers, "waits");
    }

    private static async Task AreTheSame(Servers servers, string table) => await Until.Seen(
        async () => (Hosts: await Rows(servers, "public", table), Rebuilt: await Rows(servers, Schema, table)),
        rows => rows.Hosts == rows.Rebuilt,
        $"the rows of {table} are as they are when they are built again");

    private static async Task Build(Servers servers)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        var database = new PostgresDatabase(
            new NpgsqlConnectionStringBuilder(PostgresDatabases.ConnectionString(servers.Sql)) { SearchPath = Schema }.ToString());
        builder.Services
            .AddSingleton(_ => EventStoreDbEventLog.Open(servers.Log.Connection, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<EventStoreDbEventLog>.Instance))
            .AddSingleton<IEventLog>(p => p.GetRequiredService<EventStoreDbEventLog>())
            .AddSingleton(_ => database)
            .AddSingleton(_ => new ReadModelDatabase(database))
            .AddSingleton(_ => new ServiceDatabase(database))
            .AddConnectors(builder.Configuration)
            .AddDefinedConnector(DemoConnectors.Mail)
            .AddSingleton<IGrantLifetimes, GrantLifetimes>()
            .AddSingleton<WakeSignal>();
        foreach (var model in ReadModelRegistry.Rebuildable) model.AddLoop(builder.Services);
        using var host = builder.Build();
        await host.StartAsync();
        var head = await host.Services.GetRequiredService<IEventLog>().Head(CancellationToken.None);
        var loops = host.Services.GetRequiredService<LoopHealth>();
        using var timeout = new CancellationTokenSource(Until.Limit, TimeProvider.System);
        foreach (var loop in loops.Loops) await loops.Reached(loop.Name, head, timeout.Token);
        await host.StopAsync();
    }

    private static async Task<string> Rows(Servers servers, string schema, string table) => await servers.Sql.Sql(
        $"SELECT string_agg(t::text, E'\\n' ORDER BY t::text) FROM {schema}.{table} t", servers.Sql.Database) ?? "";
}
