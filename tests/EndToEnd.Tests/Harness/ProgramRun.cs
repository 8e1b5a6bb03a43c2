using System.Reflection;

namespace EndToEnd.Tests.Harness;

/// <summary>
/// Runs the program of a host in this process, for commands and for starts that are refused. This costs a fraction of a process. The
/// program's own entry point runs, and its exit code and its output are those of a process.
/// </summary>
internal static class ProgramRun
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(180);
    private static readonly Dictionary<string, string> Nothing = [];

    /// <param name="settings">Settings by the names of their environment variables.</param>
    /// <param name="arguments">The arguments. A command is the first one.</param>
    /// <returns>The exit code and the whole output.</returns>
    public static async Task<(int Code, string Output)> By(string host, IReadOnlyDictionary<string, string> settings, params string[] arguments)
    {
        var main = Assembly.Load(host).EntryPoint!;
        string[] all = [.. arguments, .. settings.Select(s => $"--{s.Key.Replace("__", ":", StringComparison.Ordinal)}={s.Value}")];
        return await Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            .WaitAsync(Deadline, TimeProvider.System);

        (int Code, string Output) Run()
        {
            var output = ConsoleCapture.Begin();
            var code = (int)main.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [all], null)!;
            lock (output) return (code, output.ToString());
        }
    }

    /// <summary>Starts Standalone on a folder and a free port. The start has to be refused.</summary>
    /// <returns>The exit code and the whole output.</returns>
    public static Task<(int Code, string Output)> Standalone(string folder, IReadOnlyDictionary<string, string>? settings = null) =>
        By("Standalone", settings ?? Nothing, "--data", folder, "--urls", "http://127.0.0.1:0");
}
