using System.Diagnostics;
using Connections.Domain;
using Hosts.Tests.Harness;
using TestServers;

namespace Hosts.Tests.RabbitMq;

/// <summary>The samples do what they say, against a real broker.</summary>
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
        var (code, said) = await Run(sample, "read");
        Assert.Equal((0, "succeeded {\"value\":\"hello\"}"), (code, said));
        Assert.Equal(["hello"], Provider.Calls);
    }

    [Theory]
    [InlineData("c#")]
    [InlineData("node")]
    public async Task A_workflow_hears_that_an_activity_waits_and_how_it_fails(string sample)
    {
        var connection = await Workers.Connect("Shop");
        Provider.Answer = _ => ScriptedConnector.Fails(FailureKind.ReauthRequired, Delivered.No);
        var running = Run(sample, "read");
        await Until.Holds(async () => (await Workers.Connection(connection)).Status == ConnectionStatus.ReauthRequired, "it waits");
        Provider.Answer = _ => ScriptedConnector.Fails(FailureKind.Forbidden, Delivered.Yes);
        await Workers.Get<Connections.Operations.ChangeConnections>().Reconnect(
            Workers.Who, connection, null, Workers.Credentials("Shop"), CancellationToken.None);
        var (code, said) = await running;
        Assert.Equal(1, code);
        Assert.StartsWith("waiting: reauthRequired failed ", said, StringComparison.Ordinal);
    }

    private Task<(int Code, string Said)> Run(string sample, string activity)
    {
        string[] arguments = [Broker.Address, ScriptedConnector.Id, "shop", activity, """{"value": "hello"}"""];
        return Run(sample == "node"
            ? new ProcessStartInfo(Node(), ["workflow.js", .. arguments]) { WorkingDirectory = NodeFolder }
            : new ProcessStartInfo("dotnet", [Path.Combine(Root, "artifacts/bin/CSharpWorkflow/debug/CSharpWorkflow.dll"), .. arguments]));
    }

    private static async Task<(int Code, string Said)> Run(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        using var process = Process.Start(start)!;
        try
        {
            var said = await process.StandardOutput.ReadToEndAsync().WaitAsync(Until.Limit, TimeProvider.System);
            await process.WaitForExitAsync().WaitAsync(Until.Limit, TimeProvider.System);
            var lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            return (process.ExitCode, string.Join(' ', lines.Where(l => !l.Contains("MassTransit", StringComparison.Ordinal))));
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    private static string Node()
    {
        var node = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(p => Path.Combine(p, "node")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(node is null, "Node.js is not installed: infra/services.sh install all");
        Assert.SkipUnless(Directory.Exists(Path.Combine(NodeFolder, "node_modules")), "The sample's modules are not installed: infra/services.sh install all");
        return node;
    }
}
