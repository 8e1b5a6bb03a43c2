using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Bench;

/// <summary>Standalone in a separate process, called over HTTP.</summary>
internal sealed class HostedService : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    private HostedService(Process process, HttpClient http, TimeSpan ready) => (Process, Http, Ready) = (process, http, ready);

    public Process Process { get; }

    public HttpClient Http { get; }

    /// <summary>The time from its start until it was ready.</summary>
    public TimeSpan Ready { get; }

    /// <param name="settings">More arguments of the service.</param>
    public static async Task<HostedService> Start(string data, params string[] settings)
    {
        var started = Stopwatch.GetTimestamp();
        var start = new ProcessStartInfo(
            "dotnet", [Assembly(), "--data", data, "--urls", "http://127.0.0.1:0", "--Http:RequestsPerSecond", "1000000", .. settings])
        {
            RedirectStandardOutput = true
        };
        var process = Process.Start(start)!;
        string? line;
        do line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("Standalone did not start.");
        while (!line.StartsWith("Connections listens on", StringComparison.Ordinal));
        _ = process.StandardOutput.ReadToEndAsync();
        var http = new HttpClient { BaseAddress = new Uri(line.Split(' ')[^1]), Timeout = Deadline };
        while (!(await http.GetAsync(new Uri("/health/ready", UriKind.Relative))).IsSuccessStatusCode)
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        var ready = Stopwatch.GetElapsedTime(started);
        var key = await File.ReadAllTextAsync(Path.Combine(data, "api-key"));
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Trim());
        return new HostedService(process, http, ready);
    }

    public async Task<JsonElement> Post(string path, object body)
    {
        using var response = await Http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body);
        return await Read(response);
    }

    public async Task<JsonElement> Get(string path)
    {
        using var response = await Http.GetAsync(new Uri(path, UriKind.Relative));
        return await Read(response);
    }

    public void Dispose()
    {
        Http.Dispose();
        Process.Kill();
        Process.WaitForExit();
        Process.Dispose();
    }

    private static async Task<JsonElement> Read(HttpResponseMessage response) => response.IsSuccessStatusCode
        ? await response.Content.ReadFromJsonAsync<JsonElement>()
        : throw new InvalidOperationException($"{response.StatusCode}: {await response.Content.ReadAsStringAsync()}");

    // artifacts/bin/Bench/release/ is next to artifacts/bin/Standalone/release/.
    private static string Assembly()
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(here.Parent!.Parent!.FullName, "Standalone", here.Name, "Standalone.dll");
    }
}
