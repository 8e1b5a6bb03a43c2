using System.Text.Json;
using System.Threading.Channels;
using Connections.Connectors;
using Connections.Console.Words;
using Connections.Web.Responses;
using EventSourcing;

namespace Connections.Console.Endpoints;

/// <summary>Sends the steps of a test while they pass, one JSON line each, and how it ended as the last line.</summary>
internal static class StepStream
{
    /// <param name="work">Returns the last line.</param>
    public static async Task Write(HttpContext http, IReadOnlyList<string> egress, Func<IProgress<ProbeStep>, Task<object>> work)
    {
        http.Response.ContentType = "application/x-ndjson; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        var steps = Channel.CreateUnbounded<ProbeStep>();
        var running = Run(steps.Writer, work);
        await foreach (var step in steps.Reader.ReadAllAsync(http.RequestAborted)) await Line(http, StepWords.For(step, egress));
        await Line(http, await running);
    }

    private static async Task<object> Run(ChannelWriter<ProbeStep> steps, Func<IProgress<ProbeStep>, Task<object>> work)
    {
        try
        {
            return await work(new Reported(steps));
        }
        catch (RejectedException rejected)
        {
            return new { problem = new { detail = rejected.Message, errors = rejected.Errors, facts = Link(rejected) } };
        }
        finally
        {
            steps.Complete();
        }
    }

    private sealed record Facts(object? ConnectionId, object? Kind);

    private static Facts Link(RejectedException rejected) =>
        new(rejected.Facts.GetValueOrDefault("connectionId"), rejected.Facts.GetValueOrDefault("kind"));

    private static async Task Line(HttpContext http, object line)
    {
        await http.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(line, Json.Options), http.RequestAborted);
        await http.Response.Body.WriteAsync("\n"u8.ToArray(), http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
    }

    private sealed class Reported(ChannelWriter<ProbeStep> steps) : IProgress<ProbeStep>
    {
        public void Report(ProbeStep value) => steps.TryWrite(value);
    }
}

/// <summary>Collects the steps of a test, for a page without scripts.</summary>
internal sealed class CollectedSteps(IReadOnlyList<string> egress) : IProgress<ProbeStep>
{
    private readonly List<StepWord> steps = [];

    public IReadOnlyList<StepWord> Steps => steps;

    public void Report(ProbeStep value) => steps.Add(StepWords.For(value, egress));
}
