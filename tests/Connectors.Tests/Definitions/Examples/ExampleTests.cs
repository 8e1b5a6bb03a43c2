using System.Text.Json;
using System.Text.Json.Nodes;
using Connections.Connectors;
using Connections.Connectors.Catalogue;
using Connections.Domain;

namespace Connectors.Tests.Definitions.Examples;

/// <summary>Each embedded definition by its examples: one YAML file per definition, and no code.</summary>
public sealed class ExampleTests
{
    public static TheoryData<string, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, int>();
            foreach (var connector in Example.Connectors)
                foreach (var at in Enumerable.Range(0, Example.Read(connector).Cases.Count)) cases.Add(connector, at);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_call_sends_and_returns_what_the_example_says(string connector, int at)
    {
        var example = Example.Read(connector);
        var played = example.Cases[at];
        await using var provider = await ExampleProvider.Start(example, played);
        var said = await (played.Activity is null ? Probe(provider, played) : Run(provider, played));
        Assert.DoesNotContain(Example.Canary, said, StringComparison.Ordinal);
        Assert.All(provider.Requests, r => Assert.True(RequestCheck.IsSigned(r.Request), $"{played}: {r.Address} carries no credentials."));
        if (!played.NamesRequests) return;
        Assert.Equal($"{played}: {played.Exchanges.Count} requests", $"{played}: {provider.Requests.Count} requests");
        foreach (var (expected, (request, address)) in played.Exchanges.Zip(provider.Requests)) RequestCheck.Same(played, example.Headers, expected, request, address);
    }

    private static async Task<string> Run(ExampleProvider provider, ExampleCase played)
    {
        var use = played.Use(Guid.CreateVersion7(), 1);
        var entry = provider.Entry;
        var activity = entry.Activities.Single(a => a.Id == played.Activity);
        Assert.Empty(InputSchema.Parse(activity.Input).Check(played.Input).Select(e => $"{played}: {e}"));
        var result = await provider.Runner.Run(entry.Id, use, activity.Id, played.Input, TimeSpan.FromSeconds(20), default);
        if (result is ConnectorResult.Failed failed) return Failed(played, failed);
        var output = Assert.IsType<ConnectorResult.Done>(result).Output;
        Assert.True(played.Output is not null, $"{played}: {output}");
        Assert.Equal($"{played}: {YamlJson.Canonical(played.Output)}", $"{played}: {YamlJson.Canonical(JsonNode.Parse(output.GetRawText()))}");
        Assert.Empty(InputSchema.Parse(activity.Output).Check(output).Select(e => $"{played}: {e}"));
        return output.GetRawText();
    }

    private static async Task<string> Probe(ExampleProvider provider, ExampleCase played)
    {
        var result = await provider.Runner.Probe(provider.Entry.Id, played.Use(Guid.CreateVersion7(), 1), TimeSpan.FromSeconds(20), byPerson: true, default);
        if (result.Failure is { } failed) return Failed(played, failed);
        Assert.True(played.Account is not null, $"{played}: {result.Account}");
        Assert.Equal(
            $"{played}: {played.Account!["id"]}, {played.Account["display"]}", $"{played}: {result.Account!.Id}, {result.Account.Display}");
        return JsonSerializer.Serialize(new { result.Account, result.Steps });
    }

    private static string Failed(ExampleCase played, ConnectorResult.Failed failed)
    {
        Assert.True(played.Fails, $"{played}: {failed}");
        var expected = played.Failure!;
        Assert.Equal($"{played}: {Enum.Parse<FailureKind>((string)expected["kind"]!, ignoreCase: true)}", $"{played}: {failed.Kind}");
        if (expected["delivered"] is { } delivered)
            Assert.Equal($"{played}: {Enum.Parse<Delivered>((string)delivered!, ignoreCase: true)}", $"{played}: {failed.Delivered}");
        if (expected["retryAfter"] is { } seconds) Assert.Equal($"{played}: {seconds} s", $"{played}: {failed.RetryAfter?.TotalSeconds} s");
        if (expected["message"] is { } message) Assert.Contains((string)message!, failed.Message, StringComparison.Ordinal);
        return failed.ToString();
    }
}
