using Connections.Connectors;
using Connections.Web.Responses;
using Connections.Web.Steps;

namespace Connections.Api.Endpoints;

/// <summary>
/// Responds to a connection test: with its result, or for callers that accept <c>application/x-ndjson</c> with each step as it passes, and
/// with <c>{"result"}</c> or <c>{"problem"}</c> as the last line.
/// </summary>
internal static class StreamedSteps
{
    public static async Task<IResult> Respond(HttpContext http, Func<IProgress<ProbeStep>?, Task<IResult>> work)
    {
        if (!StepStream.IsWanted(http)) return await work(null);
        await StepStream.Write(
            http,
            step => step,
            async steps => new { result = (await work(steps) as IValueHttpResult)?.Value },
            rejected => new { problem = Problems.From(rejected) });
        return Results.Empty;
    }
}
