using System.Collections.Concurrent;
using System.Diagnostics;
using Hosts.Tests.Harness;
using TestServers;

namespace Hosts.Tests.RabbitMq;

/// <summary>A sample workflow as a process of its own, over the connection "shop" of the scripted connector.</summary>
internal sealed class RunningSample : IDisposable
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../.."));
    private static readonly string NodeFolder = Path.Combine(Root, "samples/node-workflow");

    private readonly ConcurrentQueue<string> lines = new();
    private readonly Process process;

    private RunningSample(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.Trim() is { Length: > 0 } text && !text.Contains("MassTransit", StringComparison.Ordinal)) lines.Enqueue(text);
        };
        process.BeginOutputReadLine();
    }

    public string Output => string.Join(' ', lines);

    public static RunningSample Start(string sample, string address, string activity)
    {
        string[] arguments = [address, ScriptedConnector.Id, "shop", activity, """{"value": "hello"}"""];
        return new RunningSample(sample == "node"
            ? new ProcessStartInfo(Node(), ["workflow.js", .. arguments]) { WorkingDirectory = NodeFolder }
            : new ProcessStartInfo("dotnet", [Path.Combine(Root, "artifacts/bin/CSharpWorkflow/debug/CSharpWorkflow.dll"), .. arguments]));
    }

    public async Task<int> Exit()
    {
        await process.WaitForExitAsync().WaitAsync(Until.Limit, TimeProvider.System); // including the rest of its output
        return process.ExitCode;
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.Dispose();
    }

    private static string Node()
    {
        var node = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(p => Path.Combine(p, "node")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(node is null, "Node.js is not installed: infra/services.sh install all");
        Assert.SkipUnless(Directory.Exists(Path.Combine(NodeFolder, "node_modules")), "The sample's modules are not installed: infra/services.sh install all");
        return node;
    }
}
