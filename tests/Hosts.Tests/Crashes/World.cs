using Hosts.Tests.Harness;
using Microsoft.Extensions.Time.Testing;

namespace Hosts.Tests.Crashes;

/// <summary>What outlives a process: its files, the provider, what it sent, and time.</summary>
internal sealed class World : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("world-");

    public string Folder => folder.FullName;

    public FakeTimeProvider Clock { get; private init; } = new(DateTimeOffset.Parse("2026-03-01T12:00:00Z", null));

    public ScriptedConnector Provider { get; } = new();

    public Post Post { get; } = new();

    public static async Task<World> After(Func<Incarnation, Task> story)
    {
        var world = new World();
        await using var first = await Incarnation.Begin(world);
        await first.Follow();
        await story(first);
        return world;
    }

    /// <summary>The same files at the same time; nothing was sent yet and nobody called the provider.</summary>
    public World Copy()
    {
        var copy = new World { Clock = new FakeTimeProvider(Clock.GetUtcNow()) };
        foreach (var file in folder.EnumerateFiles()) file.CopyTo(Path.Combine(copy.Folder, file.Name));
        return copy;
    }

    public void Dispose() => folder.Delete(recursive: true);
}
