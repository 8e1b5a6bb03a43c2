using Connections.Connectors;
using Connections.Console.Words;
using Connections.Web.Steps;
using EventSourcing;

namespace Connections.Console.Endpoints;

/// <summary>Sends the steps of a test in words while they pass, for the module.</summary>
internal static class WordStream
{
    private sealed record Facts(object? ConnectionId, object? Kind);

    /// <param name="work">Returns the last line.</param>
    public static Task Write(HttpContext http, IReadOnlyList<string> egress, Func<IProgress<ProbeStep>, Task<object>> work) =>
        StepStream.Write(http, step => StepWords.For(step, egress), work, Problem);

    public static object Problem(RejectedException rejected) => new
    {
        problem = new
        {
            detail = rejected.Message,
            errors = rejected.Errors,
            facts = new Facts(rejected.Facts.GetValueOrDefault("connectionId"), rejected.Facts.GetValueOrDefault("kind"))
        }
    };
}

/// <summary>Collects the steps of a test, for a page without scripts.</summary>
internal sealed class CollectedSteps(IReadOnlyList<string> egress) : IProgress<ProbeStep>
{
    private readonly List<StepWord> steps = [];

    public IReadOnlyList<StepWord> Steps => steps;

    public void Report(ProbeStep value) => steps.Add(StepWords.For(value, egress));
}
