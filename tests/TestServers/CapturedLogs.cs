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

    public string Text => string.Join('\n', Lines);

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(CapturedLogs logs, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            logs.scopes.Enqueue($"{category} {state} {Values(state)}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            logs.lines.Enqueue((logLevel, formatter(state, exception), $"{exception} {category} {Values(state)}"));

        private static string Values(object? state) => state is IEnumerable<KeyValuePair<string, object?>> values
            ? string.Join(' ', values.Select(v => $"{v.Key}={v.Value}"))
            : "";
    }
}
