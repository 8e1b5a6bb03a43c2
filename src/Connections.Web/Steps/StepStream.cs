using System.Text.Json;
using System.Threading.Channels;
using Connections.Connectors;
using Connections.Web.Responses;
using EventSourcing;

namespace Connections.Web.Steps;

/// <summary>Sends the steps of a test while they pass, one JSON line each, and how it ended as the last line.</summary>
public static class StepStream
{
    public const string ContentType = "application/x-ndjson";

    public static bool IsWanted(HttpContext http) => http.Request.Headers.Accept.ToString().Contains(ContentType, StringComparison.OrdinalIgnoreCase);

    /// <param name="step">The line of a step.</param>
    /// <param name="work">Returns the last line.</param>
    /// <param name="rejected">The last line after a rejection.</param>
    public static async Task Write(
        HttpContext http, Func<ProbeStep, object> step, Func<IProgress<ProbeStep>, Task<object>> work, Func<RejectedException, object> rejected)
    {
        http.Response.ContentType = $"{ContentType}; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        var steps = Channel.CreateUnbounded<ProbeStep>();
        var running = Run(steps.Writer, work, rejected);
        await foreach (var passed in steps.Reader.ReadAllAsync(http.RequestAborted)) await Line(http, step(passed));
        await Line(http, await running);
    }

    private static async Task<object> Run(
        ChannelWriter<ProbeStep> steps, Func<IProgress<ProbeStep>, Task<object>> work, Func<RejectedException, object> rejected)
    {
        try
        {
            return await work(new Reported(steps));
        }
        catch (RejectedException refusal)
        {
            return rejected(refusal);
        }
        finally
        {
            steps.Complete();
        }
    }

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
