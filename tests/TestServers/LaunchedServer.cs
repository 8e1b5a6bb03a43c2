using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace TestServers;

/// <summary>Runs a server process in a temporary folder, with its log. The process does not outlive the tests.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class LaunchedServer(string folder, string? user, string stopSignal) : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private Process? process;

    public string Folder => folder;

    public bool Runs => process is { HasExited: false };

    public int Id => process!.Id;

    public string LogFile => Path.Combine(folder, "log");

    public static async Task<LaunchedServer> In(string prefix, string? user, string stopSignal)
    {
        var folder = Directory.CreateTempSubdirectory(prefix).FullName;
        if (AsRoot && user is not null) await Run("chown", user, folder);
        return new LaunchedServer(folder, user, stopSignal);
    }

    public async Task Start(Func<Task<bool>> isReady, params string[] command)
    {
        process = Launch(command);
        Watch(process.Id);
        var started = Stopwatch.GetTimestamp();
        while (!await isReady())
        {
            if (process.HasExited) throw NotStarted(command[0], $"exited with code {process.ExitCode}");
            if (Stopwatch.GetElapsedTime(started) > Limit) throw NotStarted(command[0], $"was not ready after {Limit.TotalSeconds} s");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    /// <summary>Starts a server, and waits until it accepts connections on a port of 127.0.0.1.</summary>
    public Task Listen(int port, params string[] command) => Start(() => Accepts(port), command);

    /// <summary>Whether a server accepts connections on the port of 127.0.0.1.</summary>
    public static async Task<bool> Accepts(int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public async Task Stop()
    {
        if (process is not { HasExited: false }) return;
        await Run("kill", stopSignal, process.Id.ToString(CultureInfo.InvariantCulture));
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    public async Task ToItsEnd(params string[] command)
    {
        using var launched = Launch(command);
        await launched.WaitForExitAsync();
        if (launched.ExitCode != 0) throw new InvalidOperationException($"{command[0]} failed: {Log()}");
    }

    public async Task Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        await File.WriteAllTextAsync(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        if (AsRoot && user is not null) await Run("chown", user, path);
    }

    public string Log()
    {
        if (!File.Exists(LogFile)) return "";
        using var file = new StreamReader(new FileStream(LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return file.ReadToEnd();
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private InvalidOperationException NotStarted(string command, string problem) =>
        new($"{Path.GetFileName(command)} was started and {problem}: {string.Join(" | ", Log().Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(5))}");

    private static bool AsRoot => Environment.UserName == "root";

    private Process Launch(params string[] command)
    {
        var quoted = string.Join(' ', command.Select(c => $"'{c}'"));
        var asUser = AsRoot && user is not null ? $"setpriv --reuid={user} --regid={user} --init-groups" : "";
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = folder };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"exec {asUser} {quoted} >> '{LogFile}' 2>&1 < /dev/null");
        return Process.Start(start)!;
    }

    // Stops the server when the test process is killed.
    private void Watch(int pid)
    {
        var script = $"while kill -0 {Environment.ProcessId} && kill -0 {pid}; do sleep 1; done; "
            + $"kill -0 {Environment.ProcessId} || {{ kill {stopSignal} {pid}; sleep 1; rm -rf '{folder}'; }}";
        var start = new ProcessStartInfo("/bin/sh");
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"exec > /dev/null 2>&1 < /dev/null; {script}");
        Process.Start(start)!.Dispose();
    }

    private static async Task Run(string program, params string[] arguments)
    {
        using var run = Process.Start(program, arguments);
        await run.WaitForExitAsync();
        if (run.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed.");
    }
}
