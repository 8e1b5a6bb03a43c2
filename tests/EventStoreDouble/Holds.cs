using System.Text;
using EventSourcing;

namespace EventStoreDouble;

/// <summary>
/// Holds appends while a line of the file matches them: <c>before TYPE WORD…</c> holds before the write, <c>after TYPE WORD…</c> after the
/// write and before the response. The words occur in the stream's name or in the event.
/// </summary>
internal sealed class Holds(DoubleSettings settings, TextWriter output)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    public async Task Pass(string moment, string stream, IReadOnlyList<NewEvent> events, CancellationToken ct)
    {
        if (settings.Holds is null || FindMatch(moment, stream, events) is not { } line) return;
        await output.WriteLineAsync($"Held: {line}");
        while (Lines().Contains(line)) await Task.Delay(PollInterval, TimeProvider.System, ct);
    }

    private string? FindMatch(string moment, string stream, IReadOnlyList<NewEvent> events) => Lines().FirstOrDefault(line =>
        line.Split(' ') is [var when, var type, .. var words] && when == moment
        && events.Any(e => e.Type == type && words.All($"{stream} {Encoding.UTF8.GetString(e.Data.Span)}".Contains)));

    private string[] Lines() => File.Exists(settings.Holds) ? File.ReadAllLines(settings.Holds!) : [];
}
