using Hosts.Tests.Harness;
using Microsoft.Extensions.Time.Testing;

namespace Hosts.Tests.Crashes;

/// <summary>The parts that survive a process: its files, the provider, the sent messages, and the clock.</summary>
internal sealed class CrashScenario : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("world-");

    public string Folder => folder.FullName;

    public FakeTimeProvider Clock { get; private init; } = new(DateTimeOffset.Parse("2026-03-01T12:00:00Z", null));

    public ScriptedConnector Provider { get; } = new();

    public SentMessages Post { get; } = new();

    public static async Task<CrashScenario> After(Func<SimulatedProcess, Task> story)
    {
        var world = new CrashScenario();
        await using var first = await SimulatedProcess.Begin(world);
        await first.Follow();
        await story(first);
        return world;
    }

    /// <summary>A copy of the files at the same time, without sent messages and provider calls.</summary>
    public CrashScenario Copy()
    {
        for (var tries = 1; ; tries++)
        {
            var copy = new CrashScenario { Clock = new FakeTimeProvider(Clock.GetUtcNow()) };
            try
            {
                foreach (var file in folder.GetFiles()) file.CopyTo(Path.Combine(copy.Folder, file.Name));
                return copy;
            }
            catch (FileNotFoundException) when (tries < 10)
            {
                copy.Dispose(); // the last reader of the crashed process closes its database only now, which deletes two files
            }
        }
    }

    public void Dispose() => folder.Delete(recursive: true);
}
