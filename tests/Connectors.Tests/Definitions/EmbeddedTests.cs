using Connections.Connectors.Catalogue;
using Connections.Connectors.Definitions;

namespace Connectors.Tests.Definitions;

/// <summary>The definitions of the service itself.</summary>
public sealed class EmbeddedTests
{
    public static TheoryData<string> Files => [.. DefinitionFile.EmbeddedTexts().Select(f => f.Path)];

    [Theory]
    [MemberData(nameof(Files))]
    public void An_embedded_definition_has_no_mistake_and_describes_itself(string path)
    {
        var file = Checked(path);
        Assert.Empty(file.Messages);
        var entry = file.Entry;
        Assert.Equal($"Definitions/{entry.Id}.yaml", path);
        Assert.StartsWith("https://", entry.Documentation, StringComparison.Ordinal);
        Assert.Equal((false, 16), (entry.Custom, entry.Version!.Length));
        Assert.All(entry.Settings.Concat(entry.Credentials).Where(f => f.Required), f => Assert.NotEqual("", f.Help));
        Assert.All(entry.Scopes, scope => Assert.EndsWith(".", scope.Reason, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void The_example_of_an_activity_is_a_valid_input(string path)
    {
        foreach (var activity in Checked(path).Entry.Activities.Where(a => a.Example is not null))
        {
            var example = System.Text.Json.JsonSerializer.SerializeToElement(activity.Example);
            Assert.Empty(InputSchema.Parse(activity.Input).Check(example));
        }
    }

    // The service reads its own definitions without checking them.
    private static DefinitionFile Checked(string path) =>
        DefinitionFile.Parse(path, DefinitionFile.EmbeddedTexts().Single(f => f.Path == path).Text, custom: false);
}
