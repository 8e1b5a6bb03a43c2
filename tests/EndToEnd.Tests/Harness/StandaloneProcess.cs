using System.Text.RegularExpressions;
using TestServers;

namespace EndToEnd.Tests.Harness;

/// <summary>Runs Standalone as a process on a free port. Its data folder survives the process.</summary>
public sealed partial class StandaloneProcess : IAsyncDisposable
{
    private StandaloneProcess(HostProcess process, string folder, Api api) => (Process, Folder, Api) = (process, folder, api);

    public HostProcess Process { get; }

    public string Folder { get; }

    public Api Api { get; }

    public static HostProcess Launch(string folder, IReadOnlyDictionary<string, string>? environment = null) => HostProcess.Start(
        "Standalone", environment ?? new Dictionary<string, string>(), Arguments(folder));

    /// <summary>Starts the process, and returns once it is ready.</summary>
    public static Task<StandaloneProcess> Start(string folder, IReadOnlyDictionary<string, string>? environment = null) =>
        Ready(Launch(folder, environment), folder);

    /// <summary>Starts the process with the demo provider, whose access tokens live this many seconds.</summary>
    public static Task<StandaloneProcess> StartWithDemo(string folder, int accessTokenSeconds) => Ready(
        HostProcess.Start(
            "Standalone",
            new Dictionary<string, string>
            {
                ["Demo__Urls"] = "http://127.0.0.1:0",
                ["Demo__AccessTokenSeconds"] = $"{accessTokenSeconds}"
            },
            [.. Arguments(folder), "--demo"]),
        folder);

    /// <summary>Starts the process with a limit of its open files and sockets.</summary>
    public static Task<StandaloneProcess> StartWithDescriptors(string folder, int descriptors) =>
        StartWatched(folder, "/bin/sh", "-c", $"ulimit -n {descriptors}; exec \"$@\"", "sh");

    public static Task<StandaloneProcess> StartWatched(string folder, params string[] watched) =>
        Ready(HostProcess.StartWatched(watched, "Standalone", Arguments(folder)), folder);

    private static string[] Arguments(string folder) => ["--data", folder, "--urls", "http://127.0.0.1:0"];

    private static async Task<StandaloneProcess> Ready(HostProcess process, string folder)
    {
        try
        {
            var service = new StandaloneProcess(process, folder, await ApiClient(process, folder));
            await Until.Seen(
                () => service.Api.Get("/health/ready"), ready => ready.Status == 200, "Standalone is ready", TimeSpan.FromSeconds(120));
            return service;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>A client with the operator's key, once the process listens. It may not be ready yet.</summary>
    public static async Task<Api> ApiClient(HostProcess process, string folder)
    {
        await Until.Holds(() => process.Ended || Address(process) is not null, "Standalone listens", TimeSpan.FromSeconds(120));
        if (process.Ended) throw new InvalidOperationException($"Standalone does not start: {process.Output}");
        var key = await File.ReadAllTextAsync(Path.Combine(folder, "api-key"));
        return new Api(Address(process)!, key.Trim());
    }

    public async Task Kill()
    {
        await Process.Kill();
        await DisposeAsync();
    }

    public async Task Stop()
    {
        await Process.Stop();
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await Process.DisposeAsync();
    }

    private static Uri? Address(HostProcess process) =>
        Listens().Match(process.Output) is { Success: true } match ? new Uri(match.Groups[1].Value) : null;

    [GeneratedRegex(@"^Connections listens on (http://127\.0\.0\.1:\d+)\s*$", RegexOptions.Multiline)]
    private static partial Regex Listens();
}
