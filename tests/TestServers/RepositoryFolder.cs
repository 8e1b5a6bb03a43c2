namespace TestServers;

/// <summary>The folder of this repository, for tests that compare its pages and sources with the programs.</summary>
public static class RepositoryFolder
{
    private const string Solution = "EventSourced.sln";

    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    private static string Find(DirectoryInfo? folder)
    {
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, Solution))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException($"No {Solution} above {AppContext.BaseDirectory}.");
    }
}
