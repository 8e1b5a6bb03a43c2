using System.Text.RegularExpressions;
using Connections.Hosting;
using Connections.Hosting.Keys;
using EndToEnd.Tests.Harness;
using EventSourcing.Sql;
using TestServers;
using Role = Connections.Hosting.Keys.Role;

namespace EndToEnd.Tests.Hosts;

/// <summary>Runs any number of each of the three hosts as processes.</summary>
internal sealed partial class Deployment : IAsyncDisposable
{
    public const string ConnectionWorker = "Connections.Worker";
    public const string ActivityWorker = "Activities.Worker";
    public const string Api = "Connections.Api";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    private readonly Dictionary<string, string> settings;
    private readonly List<HostProcess> processes = [];
    private string? key;

    private Deployment(Dictionary<string, string> settings) => this.settings = settings;

    /// <summary>The whole output of the hosts.</summary>
    public string Output => string.Concat(processes.Select(p => p.Output));

    /// <summary>The processes of a host, in start order.</summary>
    public List<HostProcess> ApiProcesses { get; } = [];

    public List<HostProcess> ConnectionWorkers { get; } = [];

    public List<HostProcess> ActivityWorkers { get; } = [];

    /// <param name="changed">The environment variables of the Connections.Workers that differ.</param>
    public static async Task<Deployment> Start(
        Dictionary<string, string> settings, int apis, int connectionWorkers, int activityWorkers, Dictionary<string, string>? changed = null)
    {
        var deployment = new Deployment(settings);
        try
        {
            deployment.key = await OperatorKey(settings);
            for (var i = 0; i < connectionWorkers; i++) deployment.Launch(ConnectionWorker, changed);
            for (var i = 0; i < activityWorkers; i++) deployment.Launch(ActivityWorker);
            for (var i = 0; i < apis; i++) deployment.Launch(Api);
            foreach (var process in deployment.ApiProcesses) await Ready(process, deployment);
            return deployment;
        }
        catch
        {
            await deployment.DisposeAsync();
            throw;
        }
    }

    /// <summary>A client with the operator's key.</summary>
    public async Task<Api> ApiClient(HostProcess process)
    {
        await Until.Holds(() => process.Ended || Address(process) is not null, "the Api listens", Deadline);
        return Address(process) is { } address ? new Api(address, key) : throw new InvalidOperationException($"The Api does not start: {process.Output}");
    }

    /// <exception cref="InvalidOperationException">A host exited by itself. The message contains its output.</exception>
    public async ValueTask DisposeAsync()
    {
        var ended = processes.Where(p => p.EndedByItself).Select(p => p.Output).ToArray();
        foreach (var process in processes) await process.DisposeAsync();
        if (ended.Length > 0) throw new InvalidOperationException($"A host ended by itself: {string.Join('\n', ended)}");
    }

    /// <summary>Waits until every host consumes from its queues.</summary>
    public Task Listen() => Until.Holds(
        () => processes.All(p => p.Ended || p.Output.Contains("Bus started", StringComparison.Ordinal)), "every host consumes from its queues", Deadline);

    private static async Task Ready(HostProcess process, Deployment deployment)
    {
        using var api = await deployment.ApiClient(process);
        await Until.Seen(() => api.Get("/health/ready"), ready => ready.Status == 200, "the Api is ready", Deadline);
    }

    /// <summary>Starts another process.</summary>
    /// <param name="changed">The environment variables that differ.</param>
    /// <param name="port">The port of an Api; 0 for a free one.</param>
    public HostProcess Launch(string host, Dictionary<string, string>? changed = null, int port = 0)
    {
        var process = HostProcess.Start(
            host,
            settings.Concat(changed ?? []).GroupBy(s => s.Key).ToDictionary(s => s.Key, s => s.Last().Value),
            host == Api ? ["--urls", $"http://127.0.0.1:{port}"] : []);
        processes.Add(process);
        (host switch { Api => ApiProcesses, ConnectionWorker => ConnectionWorkers, _ => ActivityWorkers }).Add(process);
        return process;
    }

    /// <summary>Creates an operator's key with the code of <c>keys create --operator</c>, without a process.</summary>
    public static async Task<string> OperatorKey(Dictionary<string, string> settings)
    {
        await using var sql = new PostgresDatabase($"{settings["Sql__Connection"]};Pooling=false");
        await ApiKeys.Tables.Apply(sql, CancellationToken.None);
        var keys = new ApiKeys(new KeyDatabase(sql), TimeProvider.System);
        var (_, made) = await keys.Create("operator", Role.Operator, "default", expiresAt: null, CancellationToken.None);
        return made;
    }

    /// <summary>The address of an Api; null while it does not listen.</summary>
    public static Uri? Address(HostProcess process) =>
        Listens().Match(process.Output) is { Success: true } match ? new Uri(match.Groups[1].Value) : null;

    [GeneratedRegex(@"Now listening on: (http://127\.0\.0\.1:\d+)")]
    private static partial Regex Listens();
}
