using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Activities.Worker;
using Connections.Api;
using Connections.Hosting;
using Connections.Hosting.Telemetry;
using Connections.Worker;
using EndToEnd.Tests.Harness;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TestServers;

namespace EndToEnd.Tests.Canaries;

/// <summary>Runs the service in this process like Standalone, and records what it logs, throws, traces and sends.</summary>
internal sealed class InProcessHost : IAsyncDisposable
{
    private static readonly string[] Verbose = ["Default", "MassTransit", "Microsoft.AspNetCore", "Quartz", "Microsoft.Extensions.Hosting.Internal.Host"];

    private readonly WebApplication app;
    private readonly string folder;
    private readonly ConcurrentQueue<Place> traces = new();
    private readonly ConcurrentQueue<Place> faults = new();
    private readonly ActivityListener listener;

    private InProcessHost(WebApplication app, string folder)
    {
        (this.app, this.folder) = (app, folder);
        listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) =>
                Providers.AtWork ? ActivitySamplingResult.None : ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => traces.Enqueue(Place.Create(Place.Trace, activity.OperationName, Text(activity)))
        };
        ActivitySource.AddActivityListener(listener);
        AppDomain.CurrentDomain.FirstChanceException += Thrown;
    }

    public Api Api { get; private set; } = null!;

    private CapturedLogs Logs => app.Services.GetRequiredService<CapturedLogs>();

    public async Task<IReadOnlyList<Place>> Places() =>
    [
        .. Place.Files(folder, "while it runs"),
        .. Logs.Lines.Concat(Logs.Scopes).Select(l => Place.Create(Place.Log, "line", l)),
        .. app.Services.GetRequiredService<BusObserver>().Messages,
        .. Place.Answers(Api),
        .. traces,
        .. faults,
        Place.Create(Place.Metrics, "/metrics", await Api.Metrics())
    ];

    /// <param name="more">More settings and services.</param>
    public static async Task<InProcessHost> Start(string folder, Action<WebApplicationBuilder>? more = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["data"] = folder;
        builder.Configuration["Network:AllowPrivate:0"] = "true";
        foreach (var category in Verbose) builder.Configuration[$"Logging:LogLevel:{category}"] = "Trace";
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<CapturedLogs>();
        builder.Services.AddSingleton<ILoggerProvider>(p => p.GetRequiredService<CapturedLogs>());
        more?.Invoke(builder);
        builder.AddDefaults();
        builder.AddEmbeddedStores();
        builder.AddConnectionsApi();
        builder.AddConnectionsWorker();
        builder.AddActivitiesWorker();
        builder.AddEmbeddedStart();
        builder.AddTelemetry("Glass");
        builder.Services.AddSingleton<BusObserver>();
        builder.Services.AddSendObserver<BusObserver>(p => p.GetRequiredService<BusObserver>());
        builder.Services.AddPublishObserver<BusObserver>(p => p.GetRequiredService<BusObserver>());
        builder.Services.AddReceiveObserver<BusObserver>(p => p.GetRequiredService<BusObserver>());
        builder.AddBus();
        var host = new InProcessHost(builder.Build(), folder);
        host.app.MapConnectionsApi();
        await host.app.StartAsync();
        var key = await File.ReadAllTextAsync(Path.Combine(folder, "api-key"));
        host.Api = new Api(new Uri(host.app.Urls.Single()), key.Trim());
        await Until.Seen(() => host.Api.Get("/health/ready"), ready => ready.Status == 200, "the host is ready");
        return host;
    }

    /// <summary>Sends to the exchange with the command's name, as any sender does.</summary>
    public async Task Send<T>(T command, string exchange)
        where T : class =>
        await (await app.Services.GetRequiredService<IBus>().GetSendEndpoint(new Uri($"exchange:{exchange}"))).Send(command);

    /// <summary>Waits until a message of this type that contains the text was published.</summary>
    public Task Published(string type, string text) => Until.Holds(
        () => app.Services.GetRequiredService<BusObserver>().Messages.Any(m => m.Name.Contains(type, StringComparison.Ordinal)
            && System.Text.Encoding.UTF8.GetString(m.Bytes.Span).Contains(text, StringComparison.OrdinalIgnoreCase)),
        $"{type} with {text}");

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.FirstChanceException -= Thrown;
        Api?.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        listener.Dispose();
    }

    private void Thrown(object? sender, FirstChanceExceptionEventArgs e) =>
        faults.Enqueue(Place.Create(Place.Fault, e.Exception.GetType().Name, e.Exception.ToString()));

    private static string Text(Activity activity) => string.Join('\n', [
        activity.Source.Name, activity.OperationName, activity.DisplayName, activity.StatusDescription,
        .. activity.TagObjects.Select(t => $"{t.Key}={t.Value}"),
        .. activity.Baggage.Select(b => $"{b.Key}={b.Value}"),
        .. activity.Events.SelectMany(e => e.Tags.Select(t => $"{e.Name}: {t.Key}={t.Value}")),
        .. activity.Links.SelectMany(l => l.Tags ?? []).Select(t => $"{t.Key}={t.Value}")]);
}
