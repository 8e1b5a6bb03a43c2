using TestServers;

namespace EndToEnd.Tests.Grants;

/// <summary>Appends that the log holds up, before they are written or before they are answered.</summary>
internal sealed class LogHolds(string file)
{
    private readonly List<string> lines = [];

    /// <summary>What the double is started with.</summary>
    public string[] Options => ["--holds", file];

    /// <param name="line">As the double reads it: <c>after token-refreshed</c> and words of the stream's name or the event.</param>
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

    // read while it is written: it changes at once or not
    private void Write()
    {
        File.WriteAllLines($"{file}.new", lines);
        File.Move($"{file}.new", file, overwrite: true);
    }
}
