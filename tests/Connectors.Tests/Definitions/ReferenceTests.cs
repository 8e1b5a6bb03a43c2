using System.Runtime.CompilerServices;
using Connections.Connectors.Definitions;

namespace Connectors.Tests.Definitions;

/// <summary>The reference on the page of the connectors is made from the schema: <c>connectors schema --markdown</c>.</summary>
public sealed class ReferenceTests
{
    [Fact]
    public void The_page_has_the_reference_of_the_schema()
    {
        var page = File.ReadAllText(Path.Combine(Root(), "docs", "connectors.md"));
        var reference = page.Split("### Reference\n\n")[1].Split("\n## ")[0] + "\n";
        Assert.Equal(DefinitionReference.Text.TrimEnd(), reference.TrimEnd());
    }

    [Fact]
    public void The_reference_names_every_part_and_every_member()
    {
        foreach (var member in (string[])["connector", "save", "maxBytes", "reject", "callback", "keep", "retryAfter", "subtypes", "found", "vendor"])
            Assert.Contains($"| `{member}`", DefinitionReference.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("| `get` | the members", DefinitionReference.Text, StringComparison.Ordinal);
    }

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../.."));
}
