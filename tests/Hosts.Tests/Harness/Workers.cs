using System.Text.Json;
using Activities.Worker;
using Connections.Connectors;
using Connections.Contracts;
using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Domain.Connection;
using Connections.Hosting;
using Connections.Operations;
using Connections.Operations.Connections;
using Connections.ReadModels.Connections;
using Connections.Worker;
using EventSourcing;
using Hosts.Tests.RabbitMq;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TestServers;

namespace Hosts.Tests.Harness;

/// <summary>Both workers in this process, registered as in production, with their own data folder.</summary>
public sealed class Workers : IAsyncDisposable
{
    public const string Workspace = "default";

    private readonly IHost host;
    private readonly string folder;
    private readonly RabbitMqListener? listener;

    private Workers(IHost host, string folder, RabbitMqListener? listener) => (this.host, this.folder, this.listener) = (host, folder, listener);

    /// <summary>Everything that was logged.</summary>
    public required CapturedLogs Logs { get; init; }

    public PublishedMessages Heard => Get<PublishedMessages>();

    public ScriptedConnector Provider => Get<ScriptedConnector>();

    public RequestContext Context { get; } = new(Workspace, "a-key");

    public T Get<T>()
        where T : notnull => host.Services.GetRequiredService<T>();

    /// <param name="broker">The broker; null for the bus in memory.</param>
    /// <param name="log">The log; null for a file.</param>
    /// <param name="listen">False to leave the broker as it is: no published message is heard.</param>
    public static async Task<Workers> Start(
        TimeProvider? clock = null, RabbitMqServer? broker = null, EventStoreDoubleServer? log = null, bool listen = true)
    {
        var folder = Directory.CreateTempSubdirectory("workers-").FullName;
        var logs = new CapturedLogs();
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration["data"] = folder;
        builder.Configuration["Network:AllowPrivate"] = "true";
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(logs);
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        builder.Services.AddSingleton<ScriptedConnector>();
        builder.Services.AddSingleton<IConnector>(p => p.GetRequiredService<ScriptedConnector>());
        builder.Services.AddSingleton<PublishedMessages>();
        if (log is not null) (builder.Configuration["EventLog:Store"], builder.Configuration["EventLog:Connection"]) = ("eventstoredb", log.Connection);
        builder.AddEmbeddedStores();
        WatchedLog.Watch(builder.Services);
        builder.AddConnectionsWorker();
        builder.AddActivitiesWorker();
        HeldSecrets.Watch(builder.Services);
        RabbitMqListener? listener = null;
        if (broker is null)
        {
            builder.Services.AddBusPart(bus => bus.AddConsumer<Listener>());
        }
        else
        {
            builder.Configuration["Bus:Transport"] = "rabbitmq";
            builder.Configuration["Bus:Connection"] = broker.Address;
            builder.Services.Configure<MassTransitHostOptions>(bus => bus.WaitUntilStarted = true);
            if (listen) listener = await RabbitMqListener.Begin(broker);
        }

        builder.AddBus();
        var workers = new Workers(builder.Build(), folder, listener) { Logs = logs };
        await workers.host.StartAsync().WaitAsync(Until.Limit, TimeProvider.System); // the bus retries without limit
        if (listener is not null) await listener.Hear(workers.Heard);
        return workers;
    }

    /// <summary>Creates a connection to the scripted provider.</summary>
    public Task<Guid> Connect(string name, Guid? id = null) => Get<CreateConnections>().Create(
        Context, new NewConnection(id ?? Guid.NewGuid(), ScriptedConnector.Id, name, null, Credentials(name), false), CancellationToken.None);

    public static JsonElement Credentials(string account) => JsonSerializer.SerializeToElement(new { account, key = "secret" });

    public static RunActivity Activity(Guid connection, string value = "", string activity = "read") => new(
        Workspace, Guid.NewGuid(), connection, null, activity, JsonSerializer.SerializeToElement(new { value }));

    /// <summary>Sends to the exchange with the command's name, as any sender does.</summary>
    public async Task Send<T>(T command, string exchange)
        where T : class => await (await Get<IBus>().GetSendEndpoint(new Uri($"exchange:{exchange}"))).Send(command);

    public async Task<Guid> Send(RunActivity command)
    {
        await Send(command, "run-activity");
        return command.ActivityId;
    }

    public async Task<ActivityFinished> Finished(Guid activity) =>
        await Hears<ActivityFinished>(m => m.ActivityId == activity, $"activity {activity} is finished");

    public async Task<T> Hears<T>(Func<T, bool> which, string what)
        where T : class =>
        (await Until.Seen(() => Task.FromResult(Heard.OfType<T>().FirstOrDefault(which)), found => found is not null, what))!;

    public async Task<IReadOnlyList<RecordedEvent>> Events(Guid activity) =>
        (await Get<IEventLog>().Read(new ActivityId(Workspace, activity).Stream, CancellationToken.None)).Events;

    public async Task<ActivityState> State(Guid activity) =>
        (await Get<ActivityStreams>().Load(new ActivityId(Workspace, activity), CancellationToken.None)).State;

    public Task<ActivityState> Reaches(Guid activity, ActivityStatus status) =>
        Until.Seen(() => State(activity), s => s.Status == status, $"activity {activity} is {status}");

    public async Task<ConnectionState> Connection(Guid id) =>
        (await Get<ConnectionStreams>().Load(new ConnectionId(Workspace, id), CancellationToken.None)).State;

    /// <summary>Reads the read model, as a worker does.</summary>
    public Task Shows(Guid connection, ConnectionStatus status) => Until.Holds(
        async () => (await Get<ConnectionQueries>().Find(new ConnectionId(Workspace, connection), CancellationToken.None))?.Status == status,
        $"connection {connection} is shown as {status}");

    /// <summary>Reconnects after the broker is available again.</summary>
    public Task HearAgain() => listener!.HearAgain();

    public Task Stop() => host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        if (listener is not null) await listener.DisposeAsync();
        if (host is IAsyncDisposable disposable) await disposable.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
