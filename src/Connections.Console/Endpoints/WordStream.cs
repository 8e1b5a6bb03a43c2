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
    public static Task Write(HttpContext http, IReadOnlyList<string> egress, Func<IProgress<ProbeStep>, Task<object>> work)
    {
        var collected = new CollectedSteps(egress);
        return StepStream.Write(
            http, step => StepWords.For(step, egress), steps => work(collected.Before(steps)), rejected => Problem(rejected, collected.Steps));
    }

    /// <param name="steps">The steps that are shown above the problem.</param>
    public static object Problem(RejectedException rejected, IReadOnlyList<StepWord> steps) => new
    {
        problem = new
        {
            detail = StepWords.Problem(rejected.Message, steps),
            errors = rejected.Errors,
            facts = new Facts(rejected.Facts.GetValueOrDefault("connectionId"), rejected.Facts.GetValueOrDefault("kind"))
        }
    };
}

/// <summary>Collects the steps of a test in words.</summary>
internal sealed class CollectedSteps(IReadOnlyList<string> egress) : IProgress<ProbeStep>
{
    private readonly List<StepWord> steps = [];

    private IProgress<ProbeStep>? next;

    public IReadOnlyList<StepWord> Steps => steps;

    /// <summary>Passes each step on, too.</summary>
    public CollectedSteps Before(IProgress<ProbeStep> following)
    {
        next = following;
        return this;
    }

    public void Report(ProbeStep value)
    {
        steps.Add(StepWords.For(value, egress));
        next?.Report(value);
    }
}
