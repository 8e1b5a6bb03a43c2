using System.Diagnostics;
using EventSourcing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Connections.Hosting.Telemetry;

/// <summary>Logs each hop of the five flows with the ids of its span. Off unless the log category is enabled.</summary>
internal sealed class HopLog(ILoggerFactory loggers) : IHostedService, IDisposable
{
    public const string Category = "Connections.Hops";

    private readonly ILogger log = loggers.CreateLogger(Category);
    private ActivityListener? listener;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!log.IsEnabled(LogLevel.Information)) return Task.CompletedTask;
        listener = new ActivityListener
        {
            ShouldListenTo = source => Flow.All.Any(flow => flow.Name == source.Name),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = Write
        };
        ActivitySource.AddActivityListener(listener);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => listener?.Dispose();

    private void Write(Activity hop) => log.LogInformation(
        "{Flow} {Hop}: {Stream} {Events} at {Revision}, attempt {Attempt}, connection {Connection}, {Connector} {Action}, outcome {Outcome}, {Milliseconds} ms, trace {TraceId}",
        hop.Source.Name,
        hop.OperationName,
        hop.GetTagItem(HopTags.Stream),
        hop.GetTagItem(HopTags.Events),
        hop.GetTagItem(HopTags.Revision),
        hop.GetTagItem(HopTags.Attempt),
        hop.GetTagItem(HopTags.Connection),
        hop.GetTagItem(HopTags.Connector),
        hop.GetTagItem(HopTags.Action),
        hop.GetTagItem(HopTags.Outcome),
        hop.Duration.TotalMilliseconds,
        hop.TraceId);
}
