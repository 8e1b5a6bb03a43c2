namespace Domain.Tests.Governance;

/// <summary>The files of this repository.</summary>
internal static class Repository
{
    private static readonly string[] NotOurs = ["artifacts", "bin", "obj", "node_modules", ".git", ".data"];

    public static DirectoryInfo Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    public static IReadOnlyList<FileInfo> Files(string pattern, params string[] folders) =>
    [
        .. from name in folders
        let folder = new DirectoryInfo(Path.Combine(Root.FullName, name))
        where folder.Exists
        from file in Walk(folder, pattern)
        select file
    ];

    public static string Name(FileSystemInfo file) => Path.GetRelativePath(Root.FullName, file.FullName).Replace('\\', '/');

    private static IEnumerable<FileInfo> Walk(DirectoryInfo folder, string pattern) =>
        folder.EnumerateFiles(pattern).Concat(folder.EnumerateDirectories()
            .Where(sub => !NotOurs.Contains(sub.Name))
            .SelectMany(sub => Walk(sub, pattern)));

    private static DirectoryInfo Find(DirectoryInfo? folder)
    {
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "EventSourced.sln"))) folder = folder.Parent;
        return folder ?? throw new DirectoryNotFoundException($"No EventSourced.sln above {AppContext.BaseDirectory}.");
    }
}
