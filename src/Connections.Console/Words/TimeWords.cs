using System.Globalization;

namespace Connections.Console.Words;

/// <summary>Times and spans in words. The module shows times in the zone that the person chose.</summary>
public static class TimeWords
{
    public static string Utc(DateTimeOffset at, bool seconds = false) =>
        at.UtcDateTime.ToString($"d MMM yyyy, HH:mm{(seconds ? ":ss" : "")} 'UTC'", CultureInfo.InvariantCulture);

    public static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("d MMM yyyy", CultureInfo.InvariantCulture);

    public static string Machine(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string Days(TimeSpan left) => left.TotalDays < 1 ? Span(left) : Count((int)left.TotalDays, "day");

    public static string Span(TimeSpan span) => span switch
    {
        { TotalMinutes: < 1 } => "less than a minute",
        { TotalHours: < 1 } => $"{(int)span.TotalMinutes} min",
        { TotalDays: < 1 } => $"{(int)span.TotalHours} h {span.Minutes} min",
        _ => Count((int)span.TotalDays, "day")
    };

    /// <summary>How long work took: 240 ms, 1.9 s, 3 min.</summary>
    public static string Took(TimeSpan time) => time switch
    {
        { TotalMilliseconds: < 999.5 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms"),
        { TotalSeconds: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s"),
        _ => Span(time)
    };

    public static string Relative(DateTimeOffset at, DateTimeOffset now) => (now - at) switch
    {
        { Ticks: < 0 } ahead => $"in {Span(-ahead)}",
        { TotalSeconds: < 60 } => "just now",
        var ago => $"{Span(ago)} ago"
    };

    public static string Count(long number, string one, string? many = null) =>
        $"{number.ToString("N0", CultureInfo.InvariantCulture)} {(number == 1 ? one : many ?? one + "s")}";
}
