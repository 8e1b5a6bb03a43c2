using System.Collections.Concurrent;
using System.Diagnostics;
using Connections.Domain;
using Hosts.Tests.Harness;
using TestServers;

namespace Hosts.Tests.RabbitMq;

/// <summary>The samples work as documented, with a real broker.</summary>
[Collection(BrokerFixture.Name)]
public sealed class SampleTests(BrokerFixture broker) : WorkersFixture(broker)
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../.."));
    private static readonly string NodeFolder = Path.Combine(Root, "samples/node-workflow");

    [Theory]
    [InlineData("c#")]
    [InlineData("node")]
    public async Task A_workflow_runs_an_activity_and_prints_its_outcome(string sample)
    {
        await Workers.Connect("Shop");
        using var running = Run(sample, "read");
        Assert.Equal((0, "succeeded {\"value\":\"hello\"}"), (await running.Exit(), running.Output));
        Assert.Equal(["hello"], Provider.Calls);
    }

    [Theory]
    [InlineData("c#")]
    [InlineData("node")]
    public async Task A_workflow_learns_that_an_activity_waits_and_how_it_fails(string sample)
    {
        var connection = await Workers.Connect("Shop");
        Provider.Answer = _ => ScriptedConnector.Fails(FailureKind.ReauthRequired, Delivered.No);
        using var running = Run(sample, "read");
        await Until.Seen(() => Task.FromResult(running.Output), text => text == "waiting: reauthRequired", "the wait is printed");
        Provider.Answer = _ => ScriptedConnector.Fails(FailureKind.Forbidden, Delivered.Yes);
        await Workers.Get<Connections.Operations.Connections.ChangeConnections>().Reconnect(
            Workers.Context, connection, new Connections.Operations.Connections.NewCredentials(null, Workers.Credentials("Shop")), CancellationToken.None);
        Assert.Equal(1, await running.Exit());
        Assert.StartsWith("waiting: reauthRequired failed ", running.Output, StringComparison.Ordinal);
    }

    private RunningSample Run(string sample, string activity)
    {
        string[] arguments = [Broker.Address, ScriptedConnector.Id, "shop", activity, """{"value": "hello"}"""];
        return new RunningSample(sample == "node"
            ? new ProcessStartInfo(Node(), ["workflow.js", .. arguments]) { WorkingDirectory = NodeFolder }
            : new ProcessStartInfo("dotnet", [Path.Combine(Root, "artifacts/bin/CSharpWorkflow/debug/CSharpWorkflow.dll"), .. arguments]));
    }

    private static string Node()
    {
        var node = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(p => Path.Combine(p, "node")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(node is null, "Node.js is not installed: infra/services.sh install all");
        Assert.SkipUnless(Directory.Exists(Path.Combine(NodeFolder, "node_modules")), "The sample's modules are not installed: infra/services.sh install all");
        return node;
    }

    private sealed class RunningSample : IDisposable
    {
        private readonly ConcurrentQueue<string> lines = new();
        private readonly Process process;

        public RunningSample(ProcessStartInfo start)
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
    }
}
