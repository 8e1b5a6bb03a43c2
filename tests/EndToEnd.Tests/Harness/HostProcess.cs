using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace EndToEnd.Tests.Harness;

/// <summary>Runs a host as a process from its build output, and records its output.</summary>
public sealed class HostProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly Lock sync = new();
    private bool disposed, received;

    private HostProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += Hear;
        process.ErrorDataReceived += Hear;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Output
    {
        get
        {
            lock (sync) return output.ToString();
        }
    }

    public int Id => process.Id;

    public bool Ended => process.HasExited;

    /// <summary>Whether the process runs and was not stopped or killed by the test.</summary>
    public bool EndedByItself => !received && process.HasExited;

    public static HostProcess Start(string host, IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        Start(["dotnet", Assembly(host), .. arguments], environment);

    /// <param name="program">The host file of another build.</param>
    public static HostProcess StartOther(string program, IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        Start(["dotnet", program, .. arguments], environment);

    /// <param name="watched">A program that starts the host and traces it. The process itself has to be the host.</param>
    public static HostProcess StartWatched(string[] watched, string host, params string[] arguments) =>
        Start([.. watched, "dotnet", Assembly(host), .. arguments], new Dictionary<string, string>());

    private static HostProcess Start(string[] command, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath()
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0"; // hosts of tests end before they gain from profiles
        var launched = new HostProcess(Process.Start(start)!);
        Guard(launched.process.Id);
        return launched;
    }

    /// <summary>Waits for the process to exit by itself, and returns its exit code.</summary>
    public async Task<int> Exit(TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit, TimeProvider.System);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The process goes on: {Output}");
        }
    }

    /// <summary>Kills the process, as a power failure does.</summary>
    public async Task Kill()
    {
        received |= !process.HasExited;
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Pauses the process until it is resumed.</summary>
    public Task Pause() => Shell($"kill -STOP {process.Id}");

    public Task Resume() => Shell($"kill -CONT {process.Id}");

    /// <summary>Stops the process as an operator does.</summary>
    public async Task<int> Stop()
    {
        received |= !process.HasExited;
        if (!process.HasExited) await Shell($"kill -TERM {process.Id}");
        return await Exit(TimeSpan.FromSeconds(60));
    }

    public async ValueTask DisposeAsync()
    {
        if (disposed) return;
        disposed = true;
        await Kill();
        process.Dispose();
    }

    private void Hear(object sender, DataReceivedEventArgs line)
    {
        lock (sync) output.AppendLine(line.Data);
    }

    // The tests run in artifacts/bin/EndToEnd.Tests/debug/, beside artifacts/bin/Standalone/debug/.
    private static string Assembly(string host)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        var path = Path.Combine(here.Parent!.Parent!.FullName, host, here.Name, $"{host}.dll");
        return File.Exists(path) ? path : throw new FileNotFoundException($"{host} was not built.", path);
    }

    // Stops the process when the test process is killed.
    private static void Guard(int pid)
    {
        var us = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        _ = Shell($"exec >/dev/null 2>&1 </dev/null; while kill -0 {us} && kill -0 {pid}; do sleep 1; done; kill -0 {us} || kill -KILL {pid}");
    }

    private static async Task Shell(string script)
    {
        using var shell = Process.Start("/bin/sh", ["-c", script]);
        await shell.WaitForExitAsync();
    }
}
