using System.Text.Json;
using Activities.Worker;
using Connections.Connectors;
using Connections.Credentials.Vault;
using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Domain.Connection;
using Connections.Hosting;
using Connections.Operations;
using Connections.Operations.Connections;
using Connections.Worker;
using EventSourcing;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;
using Hosts.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Hosts.Tests.Crashes;

/// <summary>
/// One process over the files of a scenario: registered as in production, with crash points at its ports, and without background work.
/// </summary>
internal sealed class SimulatedProcess : IAsyncDisposable
{
    private readonly ServiceProvider services;
    private readonly List<SqlDatabase> databases;

    private SimulatedProcess(CrashScenario world, CrashCounter life, ServiceProvider services, List<SqlDatabase> databases) =>
        (World, Life, this.services, this.databases) = (world, life, services, databases);

    public CrashScenario World { get; }

    public CrashCounter Life { get; }

    public ConnectionStreams Connections => Get<ConnectionStreams>();

    public static RequestContext Context { get; } = new(Workers.Workspace, "anna");

    public IEnumerable<EventLoop> Loops => services.GetServices<IHostedService>().OfType<EventLoop>();

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    public T New<T>() => ActivatorUtilities.CreateInstance<T>(services);

    public T Hosted<T>() => services.GetServices<IHostedService>().OfType<T>().Single();

    public static async Task<SimulatedProcess> Begin(CrashScenario world)
    {
        var (life, databases) = (new CrashCounter(), new List<SqlDatabase>());
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration["data"] = world.Folder;
        builder.Services.AddSingleton<TimeProvider>(world.Clock);
        builder.Services.AddSingleton(CrashingBus.Create(world.Post, life));
        builder.Services.AddSingleton<IConnector>(new CrashingConnector(world.Provider, life));
        builder.AddEmbeddedStores();
        builder.AddConnectionsWorker();
        builder.AddActivitiesWorker();
        builder.AddEmbeddedStart();
        Guard<IEventLog>(builder.Services, log => new CrashingLog(log, life));
        Guard<VaultDatabase>(builder.Services, d => d with { Sql = Mortal("vault", d.Sql) });
        Guard<ReadModelDatabase>(builder.Services, d => new ReadModelDatabase(Mortal("rows", d.Sql)));
        Guard<ServiceDatabase>(builder.Services, d => new ServiceDatabase(Mortal("checkpoints", d.Sql)));
        var services = builder.Services.BuildServiceProvider();
        foreach (var early in services.GetServices<IHostedService>().OfType<IHostedLifecycleService>()) await early.StartingAsync(default);
        return new SimulatedProcess(world, life, services, databases);

        CrashingDatabase Mortal(string name, SqlDatabase sql)
        {
            databases.Add(sql);
            return new CrashingDatabase(name, sql, life);
        }
    }

    /// <summary>Runs all loops to the end of the log, including their own events.</summary>
    public async Task Follow()
    {
        foreach (var loop in Loops) await loop.StartAsync(default);
        await CaughtUp([.. Get<LoopHealth>().Loops.Select(l => l.Name)]);
        foreach (var loop in Loops) await loop.StopAsync(default);
    }

    /// <summary>Runs one loop up to the end of the log.</summary>
    public async Task Follow(EventLoop loop, string name)
    {
        await loop.StartAsync(default);
        await CaughtUp(name);
        await loop.StopAsync(default);
    }

    public async Task CaughtUp(params string[] loops)
    {
        long head;
        do
        {
            head = await Get<IEventLog>().Head(default);
            foreach (var name in loops) await Reached(name, head);
        }
        while (await Get<IEventLog>().Head(default) > head);
    }

    public Task<Guid> Create(Guid id, string name, string account) => Get<CreateConnections>().Create(
        Context, new NewConnection(id, ScriptedConnector.Id, name, null, Workers.Credentials(account), false), default);

    public async Task<ConnectionState> Connection(Guid id) =>
        (await Connections.Load(Context.Connection(id), default)).State;

    public async Task<ActivityState> Activity(Guid id) =>
        (await Get<ActivityStreams>().Load(Context.Activity(id), default)).State;

    public Task<IEnumerable<string>> ConnectionHistory(Guid id) => History(Context.Connection(id).Stream);

    public Task<IEnumerable<string>> ActivityHistory(Guid id) => History(Context.Activity(id).Stream);

    /// <summary>The key of a connection's live entry; null when the vault has none.</summary>
    public async Task<string?> Key(Guid id)
    {
        var now = await Connection(id);
        var stored = await Get<IVault>().GetBound(Context.Connection(id), now.Live!.VaultEntry, now.Creation!.Connector, now.Live.Settings, default);
        return stored?.Field("key");
    }

    public static JsonElement Credentials(string account, string key) => JsonSerializer.SerializeToElement(new { account, key });

    public async ValueTask DisposeAsync()
    {
        foreach (var write in Life.Open.Keys) await write.DisposeAsync();
        Life.EndsAt(0);
        await services.DisposeAsync();
        foreach (var database in databases) await database.DisposeAsync();
    }

    private async Task Reached(string loop, long head)
    {
        var health = Get<LoopHealth>();
        await health.Until(loop, l => l.Position >= head || l.State == LoopState.Failing, default);
        var status = health.For(loop).Status;
        Assert.True(status.State != LoopState.Failing, $"{loop} stands at {status.Position}: {status.Error}");
    }

    private async Task<IEnumerable<string>> History(string stream) =>
        (await Get<IEventLog>().Read(stream, default)).Events.Select(e => e.Type);

    private static void Guard<T>(IServiceCollection services, Func<T, T> guard)
        where T : class
    {
        var plain = services.Single(s => s.ServiceType == typeof(T));
        services.Remove(plain);
        services.AddKeyedSingleton<T>("plain", (p, _) => (T)plain.ImplementationFactory!(p));
        services.AddSingleton(p => guard(p.GetRequiredKeyedService<T>("plain")));
    }
}
