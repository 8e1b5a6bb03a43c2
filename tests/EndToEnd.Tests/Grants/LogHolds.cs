using TestServers;

namespace EndToEnd.Tests.Grants;

/// <summary>Makes the log hold appends, before they are written or before their response.</summary>
internal sealed class LogHolds(string file)
{
    private readonly List<string> lines = [];

    /// <summary>The options of the double.</summary>
    public string[] Options => ["--holds", file];

    /// <param name="line">A rule for the double: <c>after token-refreshed</c> and parts of the stream name or the event.</param>
    public void Add(string line)
    {
        lines.Add(line);
        Write();
    }

    public void Remove(string line)
    {
        lines.Remove(line);
        Write();
    }

    public static bool Reached(EventLogServer log, string line) => log.Log().Contains($"Held: {line}", StringComparison.Ordinal);

    public void ReleaseAll()
    {
        lines.Clear();
        Write();
    }

    // The double reads the file at any time, so replace it atomically.
    private void Write()
    {
        File.WriteAllLines($"{file}.new", lines);
        File.Move($"{file}.new", file, overwrite: true);
    }
}
