using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests.Commands;

/// <summary>Runs a command of a host to its end.</summary>
internal static class CommandRun
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(180);

    /// <summary>Runs a command in this process.</summary>
    /// <returns>The exit code and the whole output.</returns>
    public static Task<(int Code, string Output)> By(string host, IReadOnlyDictionary<string, string> settings, params string[] words) =>
        ProgramRun.By(host, settings, words);

    /// <summary>Runs a command as an operator does: as a process, with its settings in environment variables.</summary>
    /// <returns>The exit code and the whole output.</returns>
    public static async Task<(int Code, string Output)> AsProcess(
        string host, IReadOnlyDictionary<string, string> settings, params string[] words)
    {
        await using var process = HostProcess.Start(host, settings, words);
        return (await process.Exit(Deadline), process.Output);
    }

    /// <summary>Runs a command that has to succeed.</summary>
    /// <returns>The whole output.</returns>
    public static async Task<string> Well(IReadOnlyDictionary<string, string> settings, params string[] words) =>
        Succeeded(words, await By("Connections.Api", settings, words));

    /// <summary>Runs a command as a process, which has to succeed.</summary>
    /// <returns>The whole output.</returns>
    public static async Task<string> WellAsProcess(IReadOnlyDictionary<string, string> settings, params string[] words) =>
        Succeeded(words, await AsProcess("Connections.Api", settings, words));

    private static string Succeeded(string[] words, (int Code, string Output) run)
    {
        Assert.True(run.Code == 0, $"{string.Join(' ', words)} ended with {run.Code}: {run.Output}");
        return run.Output;
    }
}
