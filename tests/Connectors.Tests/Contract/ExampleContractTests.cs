using System.Reflection;
using Connections.Connectors;
using Connections.Connectors.Pipeline;
using Connectors.Tests.Definitions.Examples;
using Microsoft.AspNetCore.Http;

namespace Connectors.Tests.Contract;

/// <summary>The contract for each definition that has examples. The good answers are those of the examples.</summary>
public sealed class ExampleContractTests
{
    public static TheoryData<string, string, string> Promises
    {
        get
        {
            var promises = new TheoryData<string, string, string>();
            foreach (var connector in Example.Connectors)
                foreach (var method in typeof(ConnectorContract).GetMethods().Where(m => m.GetCustomAttribute<FactAttribute>() is not null))
                    foreach (var row in Rows(method)) promises.Add(connector, method.Name, string.Join(", ", row));
            return promises;
        }
    }

    [Theory]
    [MemberData(nameof(Promises))]
    public async Task A_definition_keeps_the_promises_of_every_connector(string connector, string promise, string row)
    {
        var method = typeof(ConnectorContract).GetMethod(promise)!;
        var contract = new Bound(Example.Read(connector));
        await contract.InitializeAsync();
        try
        {
            await (Task)method.Invoke(contract, Rows(method).Single(r => string.Join(", ", r) == row))!;
        }
        finally
        {
            await contract.DisposeAsync();
        }
    }

    private static IEnumerable<object?[]> Rows(MethodInfo method) =>
        method.GetCustomAttributes<InlineDataAttribute>().Select(data => data.Data).DefaultIfEmpty([]);

    private sealed class Bound(Example example) : ConnectorContract
    {
        protected override string Connector => example.Connector;

        protected override (string, object) Read => Called(changes: false);

        protected override (string, object) Write => Called(changes: true);

        protected override Connections.Domain.FailureKind TooLarge => Connections.Domain.FailureKind.InvalidInput;

        protected override int Rejected => example.Credentials is null ? 2 : 1;

        protected override int Attempts =>
            example.Definition.Activities[Write.Item1] is { Repeatable: true } ? 1 + ShortRetries.MaxRetries : 1;

        protected override IEnumerable<KeyValuePair<string, string>> Servers => ExampleProvider.Addresses(example, example.Cases[0])
            .Select(server => KeyValuePair.Create(server.Key, server.Value.AbsolutePath.TrimEnd('/')));

        protected override ConnectionUse Use(int version) => example.Cases[0].Use(Id, version);

        // The answer of the example with the same method and path.
        protected override (int Status, string Body) Reply(HttpRequest request)
        {
            var found = example.Cases.Where(c => !c.Fails).SelectMany(c => c.Exchanges).FirstOrDefault(e => Requested(e) == $"{request.Method} {request.Path}");
            Assert.True(found is not null, $"{example.Connector}.yaml has no request {request.Method} {request.Path}.");
            return (ExampleCase.Status(found!), ExampleCase.Answer(found!));
        }

        private static string Requested(System.Text.Json.Nodes.JsonObject exchange)
        {
            var parts = ((string)exchange["request"]!).Split(' ', 2);
            return $"{parts[0]} {Uri.UnescapeDataString(new Uri(parts[1].Split('?')[0]).AbsolutePath)}";
        }

        private (string, object) Called(bool changes)
        {
            var found = example.Cases.First(c => c is { Fails: false, Activity: not null, HasOwnForm: false, Exchanges.Count: 1 }
                && Requested(c.Exchanges[0]).StartsWith("GET ", StringComparison.Ordinal) != changes);
            return (found.Activity!, found.Input);
        }
    }
}
