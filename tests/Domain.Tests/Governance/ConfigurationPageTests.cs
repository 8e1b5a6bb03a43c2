using System.Text.RegularExpressions;

namespace Domain.Tests.Governance;

/// <summary>docs/configuration.md lists every configuration key that the code reads, and no other.</summary>
public sealed partial class ConfigurationPageTests
{
    // .NET and OpenTelemetry read these themselves.
    private static readonly string[] ReadByLibraries = ["OTEL_EXPORTER_OTLP_ENDPOINT", "Logging:LogLevel:<category>", "urls"];

    [Fact]
    public void The_page_lists_every_key_that_the_code_reads()
    {
        var page = Page();
        var code = Code();
        Assert.NotEmpty(code);
        Assert.Empty(code.Where(key => !page.Any(listed => Covers(listed, key) || listed.StartsWith($"{key}:", StringComparison.Ordinal))).Order());
    }

    [Fact]
    public void The_code_reads_every_key_that_the_page_lists()
    {
        var code = Code();
        var page = Page().Except(ReadByLibraries).Where(key => !key.Contains('<')).ToList();
        Assert.NotEmpty(page);
        Assert.Empty(page.Except(code).Order());
    }

    [Theory]
    [InlineData("configuration[\"Bus:Transport\"]", "Bus:Transport")]
    [InlineData("private const string Key = \"Health:Listen\";", "Health:Listen")]
    public void Keys_in_the_code_are_found(string source, string key) => Assert.Contains(key, Literals(source));

    private static HashSet<string> Page() =>
    [
        .. File.ReadAllLines(Path.Combine(Repository.Root.FullName, "docs", "configuration.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(line => Quoted().Matches(line.Split(" | ")[0]).Select(m => m.Groups[1].Value))
    ];

    private static HashSet<string> Code()
    {
        var sources = Repository.Files("*.cs", "src").Select(file => File.ReadAllText(file.FullName)).ToList();
        Assert.NotEmpty(sources);
        var keys = sources.SelectMany(Literals).ToHashSet();
        keys.UnionWith(sources.SelectMany(Options));
        // a connection string and the key of a bucket may also be in a file, see ConnectionSetting and FilesOptionsCheck
        keys.UnionWith(keys.Where(InFile).ToList().Select(key => $"{key}:File"));
        keys.UnionWith(sources.SelectMany(s => Plain().Matches(s).Select(m => m.Groups[1].Value)));
        return keys;
    }

    private static bool InFile(string key) =>
        key.EndsWith(":Connection", StringComparison.Ordinal) || key.EndsWith(":SecretAccessKey", StringComparison.Ordinal);

    private static IEnumerable<string> Literals(string source) => Literal().Matches(source).Select(m => m.Groups[1].Value);

    // the public properties of each class named …Options, below the section it is bound to
    private static IEnumerable<string> Options(string source) =>
        from Match type in OptionsClass().Matches(source)
        let section = type.Groups[1].Value switch { "ApiHttp" => "Http", "Retention" => "Activities", "Bucket" => "Files:Bucket", var name => name }
        from Match property in Property().Matches(type.Groups[2].Value)
        select $"{section}:{property.Groups[1].Value}";

    private static bool Covers(string listed, string key) =>
        Regex.IsMatch(key, $"^{Regex.Replace(Regex.Escape(listed), "<[a-z]+>", "[A-Za-z0-9-]+")}$");

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex("\"((?:EventLog|Sql|Bus|Vault|Http|Network|Activities|Connectors|Console|Health):[A-Z][A-Za-z]+(?::[A-Z][A-Za-z]+)*)\"")]
    private static partial Regex Literal();

    [GeneratedRegex("configuration\\[\"([a-z]+)\"\\]")]
    private static partial Regex Plain();

    [GeneratedRegex(@"class (\w+)Options\b\s*\{(.*?)\n\}", RegexOptions.Singleline)]
    private static partial Regex OptionsClass();

    [GeneratedRegex(@"public [\w<>\[\]?]+ (\w+) \{ get;")]
    private static partial Regex Property();
}
