using System.Security.Cryptography;

namespace Fuzz.Tests.Harness;

/// <summary>Inputs that once broke a decoder. Each run decodes them again.</summary>
public static class Corpus
{
    private static readonly string Root = Path.Combine(Repository(), "tests", "Fuzz.Tests", "Corpus");

    public static IReadOnlyList<(string Name, byte[] Input)> Read(string target)
    {
        var folder = Path.Combine(Root, target);
        return Directory.Exists(folder)
            ? [.. Directory.GetFiles(folder).Order().Select(file => (Path.GetFileName(file), File.ReadAllBytes(file)))]
            : [];
    }

    /// <summary>Keeps an input, for the next runs and for a commit.</summary>
    public static string Keep(string target, byte[] input)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Root, target)).FullName;
        var name = Convert.ToHexStringLower(SHA256.HashData(input))[..16] + ".bin";
        File.WriteAllBytes(Path.Combine(folder, name), input);
        return $"tests/Fuzz.Tests/Corpus/{target}/{name}";
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "EventSourced.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The solution is not above the tests.");
        return folder.FullName;
    }
}
