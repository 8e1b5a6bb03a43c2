using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests.Commands;

/// <summary>A command of a host, run to its end.</summary>
internal static class CommandRun
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(180);

    /// <returns>Exit code, and all that was said.</returns>
    public static async Task<(int Code, string Output)> By(string host, IReadOnlyDictionary<string, string> settings, params string[] words)
    {
        await using var process = HostProcess.Start(host, settings, words);
        return (await process.Exit(Deadline), process.Output);
    }

    /// <summary>It succeeds, and says something.</summary>
    public static async Task<string> Well(IReadOnlyDictionary<string, string> settings, params string[] words)
    {
        var (code, output) = await By("Connections.Api", settings, words);
        Assert.True(code == 0, $"{string.Join(' ', words)} ended with {code}: {output}");
        return output;
    }
}
