using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;

namespace Domain.Tests.Governance;

/// <summary>Words that meant something in this code only. Standard terms took their place: see docs/glossary.md.</summary>
public sealed partial class RetiredWordsTests
{
    private static readonly HashSet<string> Retired = new(StringComparer.OrdinalIgnoreCase)
    {
        "Courtesy", "Door", "Doors", "Ear", "Mend", "Mends", "Mended", "Mending", "Mouth", "Patience", "Reckoning", "Road", "Roads"
    };

    // Plain English within the sentence that names a test, and riddles in any other name.
    private static readonly HashSet<string> RetiredOutsideSentences = new(StringComparer.OrdinalIgnoreCase)
    {
        "Ask", "Asks", "Asked", "Keeping", "Tell", "Tells", "Telling", "Told", "Who"
    };

    [Fact]
    public void No_type_or_member_of_an_assembly_bears_a_retired_word()
    {
        var names = Assemblies().SelectMany(Names).ToList();
        Assert.True(names.Count > 10_000, $"{names.Count} names were found: build the solution first.");
        var found = names.Where(name => IsRetired(name.Name)).Select(name => name.Full).Distinct().Order().ToList();
        Assert.True(found.Count == 0, string.Join(Environment.NewLine, found));
    }

    [Fact]
    public void No_file_or_folder_bears_a_retired_word()
    {
        var paths = Repository.Files("*.*", "src", "tests", "samples", "bench", "docs", "infra").Select(Repository.Name).ToList();
        Assert.NotEmpty(paths);
        Assert.Empty(paths.Where(path => path.Split('/', '.').Any(IsRetired)).Order());
    }

    [Theory]
    [InlineData("HttpDoor", true)]
    [InlineData("Of", true)]
    [InlineData("A_connection_that_was_mended_goes_on", true)]
    [InlineData("who", true)]
    [InlineData("A_caller_who_cancels_is_forgotten", false)]
    [InlineData("OfType", false)]
    [InlineData("Early", false)]
    [InlineData("Task", false)]
    [InlineData("Whole", false)]
    public void The_words_of_a_name_are_compared_whole(string name, bool retired) => Assert.Equal(retired, IsRetired(name));

    private static bool IsRetired(string name) => name == "Of" || Words().Matches(name).Any(word =>
        Retired.Contains(word.Value) || (!name.Contains('_') && RetiredOutsideSentences.Contains(word.Value)));

    private static List<FileInfo> Assemblies()
    {
        // artifacts/bin/Domain.Tests/debug
        var built = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Parent!;
        var projects = Repository.Files("*.csproj", "src", "tests", "samples", "bench").Select(file => Path.GetFileNameWithoutExtension(file.Name)).ToList();
        Assert.NotEmpty(projects);
        return [.. projects.Select(name => new FileInfo(Path.Combine(built.FullName, name, "debug", $"{name}.dll"))).Where(file => file.Exists)];
    }

    private static List<(string Name, string Full)> Names(FileInfo assembly)
    {
        using var file = new PEReader(assembly.OpenRead());
        var reader = file.GetMetadataReader();
        var names = new List<(string, string)>();
        foreach (var type in reader.TypeDefinitions.Select(reader.GetTypeDefinition))
        {
            var name = reader.GetString(type.Name);
            // what the compiler or protoc made
            if (name.StartsWith('<') || reader.GetString(type.Namespace).StartsWith("EventStore.Client", StringComparison.Ordinal)) continue;
            Add(name, name);
            foreach (var member in type.GetMethods()) Add(reader.GetString(reader.GetMethodDefinition(member).Name), name);
            foreach (var member in type.GetFields()) Add(reader.GetString(reader.GetFieldDefinition(member).Name), name);
            foreach (var member in type.GetProperties()) Add(reader.GetString(reader.GetPropertyDefinition(member).Name), name);
        }

        return names;

        void Add(string member, string type)
        {
            if (!member.StartsWith('<')) names.Add((member, $"{Path.GetFileNameWithoutExtension(assembly.Name)}: {type}.{member}"));
        }
    }

    // "HttpDoor" has two words, "a_door_opens" three
    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")]
    private static partial Regex Words();
}
