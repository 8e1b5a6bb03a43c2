using Connections.Connectors.Definitions;

namespace Connectors.Tests.Definitions.Examples;

/// <summary>No definition is without examples.</summary>
public sealed class ExampleGovernanceTests
{
    // These have tests in C#.
    private static readonly string[] InCode = ["bamboohr", "dropbox", "slack", "twilio", "zoho-crm", "zoho-mail", "zoho-people"];

    public static TheoryData<string> Connectors => [.. Example.Connectors];

    [Fact]
    public void Each_definition_has_examples()
    {
        var definitions = DefinitionFile.Embedded().Select(f => f.Entry.Id).Order(StringComparer.Ordinal);
        Assert.Equal(definitions, Example.Connectors.Concat(InCode).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Connectors))]
    public void The_examples_cover_the_test_every_activity_and_the_usual_failures(string connector)
    {
        var example = Example.Read(connector);
        var succeeding = example.Cases.Where(c => !c.Fails).ToList();
        Assert.All(succeeding, c => Assert.True(c.NamesRequests, $"{c}: name its requests."));
        Assert.Contains(succeeding, c => c.Activity is null && c.Account is not null);
        foreach (var activity in example.Definition.Activities.Keys)
            Assert.True(succeeding.Any(c => c.Activity == activity && c.Output is not null), $"{connector}.yaml has no case in which {activity} succeeds.");
        Assert.All((int[])[401, 403, 404, 429], status =>
            Assert.True(example.Cases.Any(c => c.Fails && c.Statuses[^1] == status), $"{connector}.yaml has no case of a failure with status {status}."));
        if (example.Credentials is { } typed)
            Assert.Contains(typed, field => $"{field.Value}".Contains(Example.Canary, StringComparison.Ordinal));
    }
}
