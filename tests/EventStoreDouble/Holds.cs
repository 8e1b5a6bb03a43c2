using System.Text;
using EventSourcing;

namespace EventStoreDouble;

/// <summary>
/// Appends that are held as long as a line of the file names them: <c>before TYPE WORD…</c> is not written yet, <c>after TYPE WORD…</c> is
/// written and not answered. The words stand in the stream's name or in the event.
/// </summary>
internal sealed class Holds(DoubleSettings settings)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public async Task Pass(string moment, string stream, IReadOnlyList<NewEvent> events, CancellationToken ct)
    {
        if (settings.Holds is null || Holding(moment, stream, events) is not { } line) return;
        Console.WriteLine($"Held: {line}");
        while (Lines().Contains(line)) await Task.Delay(Pause, TimeProvider.System, ct);
    }

    private string? Holding(string moment, string stream, IReadOnlyList<NewEvent> events) => Lines().FirstOrDefault(line =>
        line.Split(' ') is [var when, var type, .. var words] && when == moment
        && events.Any(e => e.Type == type && words.All($"{stream} {Encoding.UTF8.GetString(e.Data.Span)}".Contains)));

    private string[] Lines() => File.Exists(settings.Holds) ? File.ReadAllLines(settings.Holds!) : [];
}
