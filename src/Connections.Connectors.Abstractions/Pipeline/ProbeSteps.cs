using System.Text.Json;
using Connections.Domain;

namespace Connections.Connectors.Pipeline;

/// <summary>Records and reports the steps of a probe as they end, each with its duration.</summary>
public sealed class ProbeSteps(TimeProvider clock, IProgress<ProbeStep>? progress = null)
{
    private readonly List<ProbeStep> steps = [];
    private long since = clock.GetTimestamp();

    public IReadOnlyList<ProbeStep> Taken => steps;

    public void Ok(string name, string message) => Add(name, "ok", message);

    public void Skipped(string name, string message) => Add(name, "skipped", message);

    /// <param name="certificates">What the server presented, if that is the reason.</param>
    public ConnectorResult.Failed Fail(string name, ConnectorResult.Failed failure, IReadOnlyList<PresentedCertificate>? certificates = null)
    {
        Add(name, Outcome(failure.Kind), failure.Message, certificates);
        return failure;
    }

    public static string Outcome(FailureKind kind) => JsonNamingPolicy.CamelCase.ConvertName(kind.ToString());

    /// <summary>Takes over a step that was recorded elsewhere.</summary>
    public void Add(ProbeStep step)
    {
        steps.Add(step);
        since = clock.GetTimestamp();
        progress?.Report(step);
    }

    private void Add(string name, string outcome, string message, IReadOnlyList<PresentedCertificate>? certificates = null) =>
        Add(new ProbeStep(name, outcome, message, (long)clock.GetElapsedTime(since).TotalMilliseconds) { Certificates = certificates });
}
