using System.Text.RegularExpressions;
using EndToEnd.Tests.Harness;
using TestServers;

namespace EndToEnd.Tests.Hosts;

/// <summary>The three hosts as processes, any number of each.</summary>
internal sealed partial class Deployment : IAsyncDisposable
{
    private const string Api = "Connections.Api";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Dictionary<string, string> settings;
    private readonly List<Launched> processes = [];
    private string? key;

    private Deployment(Dictionary<string, string> settings) => this.settings = settings;

    /// <summary>All that the hosts ever said.</summary>
    public string Output => string.Concat(processes.Select(p => p.Output));

    /// <summary>The processes of a host, in the order of their start.</summary>
    public List<Launched> ApiProcesses { get; } = [];

    public List<Launched> ConnectionWorkers { get; } = [];

    public List<Launched> ActivityWorkers { get; } = [];

    public static async Task<Deployment> Start(Dictionary<string, string> settings, int apis, int connectionWorkers, int activityWorkers)
    {
        var deployment = new Deployment(settings);
        try
        {
            deployment.key = await deployment.OperatorKey();
            for (var i = 0; i < connectionWorkers; i++) deployment.ConnectionWorkers.Add(deployment.Launch("Connections.Worker"));
            for (var i = 0; i < activityWorkers; i++) deployment.ActivityWorkers.Add(deployment.Launch("Activities.Worker"));
            for (var i = 0; i < apis; i++) deployment.ApiProcesses.Add(deployment.Launch(Api, "--urls", "http://127.0.0.1:0"));
            foreach (var process in deployment.ApiProcesses) await Ready(process, deployment);
            return deployment;
        }
        catch
        {
            await deployment.DisposeAsync();
            throw;
        }
    }

    /// <summary>Over HTTP, as the operator.</summary>
    public async Task<Api> Door(Launched process)
    {
        await Until.Holds(() => process.Ended || Address(process) is not null, "the Api listens", Patience);
        return Address(process) is { } address ? new Api(address, key) : throw new InvalidOperationException($"The Api does not start: {process.Output}");
    }

    /// <exception cref="InvalidOperationException">A host ended by itself; it says why.</exception>
    public async ValueTask DisposeAsync()
    {
        var ended = processes.Where(p => p.EndedByItself).Select(p => p.Output).ToArray();
        foreach (var process in processes) await process.DisposeAsync();
        if (ended.Length > 0) throw new InvalidOperationException($"A host ended by itself: {string.Join('\n', ended)}");
    }

    private static async Task Ready(Launched process, Deployment deployment)
    {
        using var api = await deployment.Door(process);
        await Until.Seen(() => api.Get("/health/ready"), ready => ready.Status == 200, "the Api is ready", Patience);
    }

    private Launched Launch(string host, params string[] arguments)
    {
        var process = Launched.Start(host, settings, arguments);
        processes.Add(process);
        return process;
    }

    private async Task<string> OperatorKey()
    {
        await using var made = Launched.Start(Api, settings, "keys", "create", "--operator");
        if (await made.Exit(Patience) != 0) throw new InvalidOperationException($"No key was made: {made.Output}");
        return made.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Single(line => !line.Contains(' ', StringComparison.Ordinal));
    }

    private static Uri? Address(Launched process) =>
        Listens().Match(process.Output) is { Success: true } match ? new Uri(match.Groups[1].Value) : null;

    [GeneratedRegex(@"Now listening on: (http://127\.0\.0\.1:\d+)")]
    private static partial Regex Listens();
}
