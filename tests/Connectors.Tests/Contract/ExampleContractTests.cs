using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Connections.Connectors;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Connectors.Tests.Definitions.Examples;
using Microsoft.Extensions.DependencyInjection;
using TestServers;

namespace Connectors.Tests.Contract;

/// <summary>The contract for each definition that has examples. The good answers are those of the examples.</summary>
public sealed class ExampleContractTests
{
    public static TheoryData<string> Connectors => [.. Example.Connectors];

    [Theory]
    [MemberData(nameof(Connectors))]
    public async Task A_definition_keeps_the_promises_of_every_connector(string connector)
    {
        var promises = typeof(ConnectorContract).GetMethods().Where(m => m.GetCustomAttribute<FactAttribute>() is not null)
            .SelectMany(method => Rows(method), (method, row) => (Method: method, Row: row)).ToLookup(p => IsShort(p.Method));
        var broken = new ConcurrentQueue<string>();
        await Parallel.ForEachAsync(promises[false], new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (p, _) => await Check(connector, p.Method, p.Row, broken));
        foreach (var (method, row) in promises[true]) await Check(connector, method, row, broken);
        Assert.Empty(broken);
    }

    // A call with a limit of half a second has the machine for itself.
    private static bool IsShort(MethodInfo method) => method.Name.StartsWith("Silence", StringComparison.Ordinal);

    private static IEnumerable<object?[]> Rows(MethodInfo method) =>
        method.GetCustomAttributes<InlineDataAttribute>().Select(data => data.Data).DefaultIfEmpty([]);

    private static async Task Check(string connector, MethodInfo method, object?[] row, ConcurrentQueue<string> broken)
    {
        var contract = new Bound(Example.Read(connector));
        await contract.InitializeAsync();
        try
        {
            await (Task)method.Invoke(contract, row)!;
        }
        catch (Exception e)
        {
            broken.Enqueue($"{method.Name}({string.Join(", ", row)}): {e.Message}");
        }
        finally
        {
            await contract.DisposeAsync();
        }
    }

    private sealed class Bound(Example example) : ConnectorContract
    {
        protected override string Connector => example.Connector;

        protected override (string, object) Read => Called(changes: false);

        protected override (string, object) Write => Called(changes: true);

        protected override FailureKind TooLarge => FailureKind.InvalidInput;

        protected override int Rejected => example.Credentials is null ? 2 : 1;

        protected override int Attempts => Repeatable(Write) ? 1 + ShortRetries.MaxRetries : 1;

        protected override int LookUps => example.Definition.Activities[Write.Item1].Lookup is null ? 0 : 1;

        protected override IEnumerable<KeyValuePair<string, string>> Servers => ExampleProvider.Addresses(example, example.Cases[0])
            .Select(server => KeyValuePair.Create(server.Key, server.Value.AbsolutePath.TrimEnd('/')));

        protected override ConnectionUse Use(int version) => example.Cases[0].Use(Id, version);

        // The answer of the example with the same method and path, and the same body if there are several.
        protected override (int Status, string Body) Reply(ReceivedRequest request)
        {
            var path = $"{request.Method} {request.Target.Split('?')[0]}";
            var found = example.Cases.Where(c => !c.Fails).SelectMany(c => c.Exchanges).Where(e => Requested(e) == path).ToList();
            Assert.True(found.Count > 0, $"{example.Connector}.yaml has no request {path}.");
            var same = found.FirstOrDefault(e => e["json"] is { } json && request.Body.Length > 0
                && YamlJson.Canonical(json) == YamlJson.Canonical(JsonNode.Parse(request.Body))) ?? found[0];
            return (ExampleCase.Status(same), ExampleCase.Answer(same));
        }

        private static string Requested(JsonObject exchange)
        {
            var parts = ((string)exchange["request"]!).Split(' ', 2);
            return $"{parts[0]} {Uri.UnescapeDataString(new Uri(parts[1].Split('?')[0]).AbsolutePath)}";
        }

        private bool Repeatable((string Activity, object Input) call) => Services.GetServices<IConnector>().Single(c => c.Entry.Id == Connector)
            .Repeatable(call.Activity, JsonSerializer.SerializeToElement(call.Input), Use(1).Settings);

        // An API may read with POST: then what may be repeated counts as reading.
        private (string, object) Called(bool changes)
        {
            var all = example.Cases.Where(c => c is { Fails: false, Activity: not null, HasOwnForm: false, Exchanges.Count: 1 }).ToList();
            var found = all.FirstOrDefault(c => Requested(c.Exchanges[0]).StartsWith("GET ", StringComparison.Ordinal) != changes)
                ?? all.First(c => Repeatable((c.Activity!, c.Input)));
            return (found.Activity!, found.Input);
        }
    }
}
