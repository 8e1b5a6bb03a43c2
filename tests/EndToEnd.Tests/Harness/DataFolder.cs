namespace EndToEnd.Tests.Harness;

public sealed class DataFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("standalone-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
