using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace TestServers;

/// <summary>Records every log line of a host, with its values and its exception.</summary>
public sealed class CapturedLogs : ILoggerProvider
{
    private readonly ConcurrentQueue<(LogLevel Level, string Message, string Details)> lines = new();
    private readonly ConcurrentQueue<string> scopes = new();

    /// <summary>The lines: level, message, exception, category and values.</summary>
    public IEnumerable<string> Lines => lines.Select(l => $"{l.Level} {l.Message} {l.Details}");

    /// <summary>The messages alone.</summary>
    public IEnumerable<string> Messages => lines.Select(l => l.Message);

    /// <summary>The scopes that were opened.</summary>
    public IEnumerable<string> Scopes => scopes;

    /// <summary>The lines of one level: message, exception, category and values.</summary>
    public IEnumerable<string> At(LogLevel level) => lines.Where(l => l.Level == level).Select(l => $"{l.Message} {l.Details}");

    public string Text => string.Join('\n', Lines);

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    /// <summary>Creates a logger for code that takes one, without a host.</summary>
    public ILogger<T> CreateLogger<T>() => new TypedLogger<T>(this);

    public void Dispose()
    {
    }

    private sealed class TypedLogger<T>(CapturedLogs logs) : Logger(logs, typeof(T).FullName!), ILogger<T>;

    private class Logger(CapturedLogs logs, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            logs.scopes.Enqueue($"{category} {state} {Values(state)}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            logs.lines.Enqueue((logLevel, formatter(state, exception), $"{exception} {category} {Values(state)}"));

        private static string Values(object? state) => state is IEnumerable<KeyValuePair<string, object?>> values
            ? string.Join(' ', values.Select(v => $"{v.Key}={v.Value}"))
            : "";
    }
}
