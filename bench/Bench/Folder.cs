namespace Bench;

/// <summary>A temporary folder for one run, or the folder of <c>--data</c>, which is kept and filled only once.</summary>
internal sealed class Folder : IDisposable
{
    private readonly bool keep;

    public Folder(Options options)
    {
        keep = options.Text("data") is not null;
        Path = options.Text("data") ?? System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"bench-{Guid.NewGuid():N}");
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        if (!keep) Directory.Delete(Path, recursive: true);
    }
}
