using System.Text.RegularExpressions;

namespace Domain.Tests.Governance;

/// <summary>docs/architecture.md names files of each flow; README and CONTRIBUTING name folders and pages. All of them exist.</summary>
public sealed partial class ArchitecturePageTests
{
    [Fact]
    public void Every_file_that_the_architecture_names_exists()
    {
        var named = FilePath().Matches(Text("docs/architecture.md")).Select(m => m.Groups[1].Value).ToList();
        Assert.NotEmpty(named);
        Assert.DoesNotContain(named, path => !File.Exists(Path.Combine(Repository.Root.FullName, path)));
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/architecture.md")]
    [InlineData("docs/walk.md")]
    public void Every_link_to_a_page_leads_somewhere(string page)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root.FullName, page))!;
        var links = Link().Matches(Text(page)).Select(m => m.Groups[1].Value).Where(link => !link.StartsWith("http", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(links);
        Assert.DoesNotContain(links, link => !Path.Exists(Path.Combine(folder, link)));
    }

    [Fact]
    public void The_readme_names_every_project_of_the_source_folder()
    {
        var projects = Repository.Files("*.csproj", "src").Select(file => Path.GetFileNameWithoutExtension(file.Name)).ToList();
        Assert.NotEmpty(projects);
        var readme = Text("README.md");
        Assert.DoesNotContain(projects, project => !readme.Contains($"`{project}`", StringComparison.Ordinal));
    }

    [Fact]
    public void The_readme_is_short() => Assert.InRange(File.ReadAllLines(Path.Combine(Repository.Root.FullName, "README.md")).Length, 1, 130);

    private static string Text(string page) => File.ReadAllText(Path.Combine(Repository.Root.FullName, page));

    [GeneratedRegex("`((?:src|tests|samples|bench|infra)/[^`]+)`")]
    private static partial Regex FilePath();

    [GeneratedRegex(@"\]\(([^)#]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();
}
