using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests.Commands;

/// <summary>Runs a command of a host to its end.</summary>
internal static class CommandRun
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(180);

    /// <returns>The exit code and the whole output.</returns>
    public static async Task<(int Code, string Output)> By(string host, IReadOnlyDictionary<string, string> settings, params string[] words)
    {
        await using var process = HostProcess.Start(host, settings, words);
        return (await process.Exit(Deadline), process.Output);
    }

    /// <summary>Runs a command that has to succeed with some output.</summary>
    public static async Task<string> Well(IReadOnlyDictionary<string, string> settings, params string[] words)
    {
        var (code, output) = await By("Connections.Api", settings, words);
        Assert.True(code == 0, $"{string.Join(' ', words)} ended with {code}: {output}");
        return output;
    }
}
