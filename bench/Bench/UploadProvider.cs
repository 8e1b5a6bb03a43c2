using System.Diagnostics;
using TestServers.Uploads;

namespace Bench;

/// <summary>Doubles of drives in a separate process, so that their CPU time is not measured.</summary>
internal sealed class UploadProvider : IDisposable
{
    private readonly Process process;

    private UploadProvider(Process process, string address) => (this.process, Address) = (process, address);

    public string Address { get; }

    public static async Task<UploadProvider> Launch()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(UploadProvider).Assembly.Location, "uploads"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true
        };
        var process = Process.Start(start)!;
        return new UploadProvider(
            process, await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The doubles did not start."));
    }

    /// <summary>Serves until the process that launched it ends.</summary>
    public static async Task Run(Options options)
    {
        await using var server = await UploadServer.Start();
        Console.WriteLine(server.Address);
        await Console.In.ReadToEndAsync();
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }
}
