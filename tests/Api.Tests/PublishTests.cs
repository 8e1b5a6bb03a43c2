using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Api.Tests;

/// <summary>Each program can be published, and the published program starts from any folder.</summary>
public sealed class PublishTests : IDisposable
{
    private static readonly string[] Programs = ["Connections.Api", "Connections.Worker", "Activities.Worker", "Standalone"];

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("publish-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Each_program_publishes_and_the_published_one_starts_from_any_folder()
    {
        var published = await Run(
            "msbuild", Project(), "-nologo", "-verbosity:quiet", "-nodeReuse:false", "-p:NoBuild=true", $"-p:Configuration={Configuration()}", $"-p:To={folder.FullName}");
        Assert.True(published.Code == 0, published.Output);
        foreach (var program in Programs)
        {
            var version = await Run(Published(program), "--version");
            Assert.True(version.Code == 0, version.Output);
            Assert.Matches(@"^\d+\.\d+\.\d+", version.Output);
        }

        using var standalone = Start(Published("Standalone"), "--data", Path.Combine(folder.FullName, "data"), "--urls", "http://127.0.0.1:0");
        try
        {
            using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
            var lines = new List<string>();
            while (await standalone.StandardOutput.ReadLineAsync(limit.Token) is { } line && !line.StartsWith("Connections listens on", StringComparison.Ordinal))
                lines.Add(line);
            Assert.False(standalone.HasExited, string.Join('\n', lines));
        }
        finally
        {
            standalone.Kill();
            await standalone.WaitForExitAsync(CancellationToken.None);
        }
    }

    private string Published(string program) => Path.Combine(folder.FullName, program, $"{program}.dll");

    // The tests run in artifacts/bin/Api.Tests/debug/.
    private static string Configuration() => new DirectoryInfo(AppContext.BaseDirectory).Name;

    private static string Project([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "infra", "publish.proj");

    private Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder.FullName
        };
        var process = Process.Start(start)!;
        _ = process.StandardError.ReadToEndAsync();
        return process;
    }

    private async Task<(int Code, string Output)> Run(params string[] arguments)
    {
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        using var process = Start(arguments);
        var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, output);
    }
}
