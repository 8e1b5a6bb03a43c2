using System.Text.RegularExpressions;

namespace Domain.Tests.Governance;

public sealed partial class NamingTests
{
    private const int MaxLines = 200;
    private static readonly string[] Meaningless = ["Common", "Core", "Shared", "Utils", "Helpers", "Services", "Manager"];
    private static readonly string[] RootNamespaces = ["EventSourcing", "Connections", "Activities", "Standalone"];
    private static readonly string[] Ours = ["src", "tests", "samples", "bench"];

    // Production files that may be longer; give a reason for each.
    private static readonly string[] Long = [];

    [Fact]
    public void No_project_folder_file_or_namespace_has_a_meaningless_name()
    {
        var files = Repository.Files("*.cs", Ours).Concat(Repository.Files("*.csproj", Ours)).ToList();
        Assert.NotEmpty(files);
        var paths = files.Select(Repository.Name).Where(path => path.Split('/', '.').Intersect(Meaningless).Any());
        var namespaces = files.SelectMany(file => Namespace().Matches(File.ReadAllText(file.FullName)))
            .Select(match => match.Groups[1].Value)
            .ToHashSet();
        Assert.NotEmpty(namespaces);
        Assert.Empty(paths);
        Assert.DoesNotContain(namespaces, name => name.Split('.').Intersect(Meaningless).Any());
    }

    [Fact]
    public void No_type_has_a_meaningless_name()
    {
        var types = Types();
        Assert.NotEmpty(types);
        Assert.DoesNotContain(types, type => Meaningless.Any(word => type.Name.EndsWith(word, StringComparison.Ordinal)));
    }

    [Fact]
    public void No_type_has_the_name_of_a_root_namespace()
    {
        var types = Types();
        Assert.NotEmpty(types);
        Assert.DoesNotContain(types, type => RootNamespaces.Contains(type.Name));
    }

    [Fact]
    public void No_production_file_is_longer_than_200_lines()
    {
        var files = Repository.Files("*.cs", "src").Concat(Repository.Files("*.razor", "src")).ToList();
        Assert.NotEmpty(files);
        var over = files.Where(file => File.ReadLines(file.FullName).Count() > MaxLines).Select(Repository.Name);
        Assert.Equal(Long.Order(), over.Order());
    }

    [Theory]
    [InlineData("public sealed record Connections(int A);", "Connections")]
    [InlineData("    internal readonly record struct Standalone", "Standalone")]
    [InlineData("file static class OrderManager", "OrderManager")]
    public void The_types_of_a_source_are_found(string source, string name) => Assert.Equal(name, Type().Match(source).Groups[1].Value);

    private static List<(string File, string Name)> Types() =>
    [
        .. from file in Repository.Files("*.cs", Ours)
        from Match match in Type().Matches(File.ReadAllText(file.FullName))
        select (Repository.Name(file), match.Groups[1].Value)
    ];

    [GeneratedRegex(@"^\s*namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(
        @"^[ \t]*(?:(?:public|internal|private|protected|static|sealed|abstract|partial|readonly|ref|file|unsafe|new)\s+)*"
        + @"(?:class|record(?:\s+(?:class|struct))?|struct|interface|enum)\s+([A-Z]\w*)",
        RegexOptions.Multiline)]
    private static partial Regex Type();
}
