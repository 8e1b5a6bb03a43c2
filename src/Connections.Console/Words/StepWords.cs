using Connections.Connectors;
using Connections.Domain;

namespace Connections.Console.Words;

/// <summary>A step of a connection test, for people.</summary>
/// <param name="Advice">What to do when it failed; null otherwise.</param>
/// <param name="Offer">A field of the form that would help; null for none.</param>
/// <param name="Certificates">What the server presented; null where this service trusts it.</param>
public sealed record StepWord(
    string Name, string Outcome, string Title, string Message, string? Advice, long Ms, StepOffer? Offer = null,
    IReadOnlyList<CertificateWord>? Certificates = null)
{
    public string Tone => Outcome switch { Domain.Outcome.Ok => "good", Domain.Outcome.Skipped => "off", _ => "bad" };

    public string Mark => Outcome switch { Domain.Outcome.Ok => "✓", Domain.Outcome.Skipped => "–", _ => "✕" };
}

/// <param name="Until">The end of its validity, for people.</param>
public sealed record CertificateWord(string Subject, string Issuer, string Sha256, string Until, string? Pem);

/// <param name="Value">What to choose there; null to let the person type.</param>
public sealed record StepOffer(string Label, string Field, string? Value);

public static class StepWords
{
    private static readonly StepOffer Require = new("Require it", "settings.tls", "require");
    private static readonly StepOffer Certificate = new("Give its certificate", "settings.caCertificate", null);

    public static StepWord For(ProbeStep step, IReadOnlyList<string> egress) => new(
        step.Name, step.Outcome, Title(step.Name), step.Message,
        step.Outcome is Outcome.Ok or Outcome.Skipped ? null : Advice(step, egress), step.Ms,
        step.Name != "tls" ? null : step.Outcome switch { Outcome.Ok => null, Outcome.Skipped => Require, _ => Certificate },
        step.Certificates?.Select(c => new CertificateWord(c.Subject, c.Issuer, c.Sha256, TimeWords.Utc(c.Until), c.Pem)).ToList());

    /// <summary>The sentence below the steps: a failed step has the reason already.</summary>
    public static string Problem(string reason, IReadOnlyList<StepWord> steps) =>
        steps.LastOrDefault(step => step.Tone == "bad") is { } failed ? $"The test failed at “{failed.Title}”." : reason;

    public static string Title(string name) => name switch
    {
        "resolve" => "Find the host",
        "ssh" => "Through the SSH host",
        "connect" => "Reach the port",
        "tls" => "Encrypt",
        "signIn" => "Sign in",
        "identify" => "Find out who it is",
        _ => name
    };

    private static string? Advice(ProbeStep step, IReadOnlyList<string> egress) => (step.Name, step.Outcome) switch
    {
        ("resolve", _) => "Is the host typed right? If only your network knows it, connect through an SSH tunnel.",
        ("connect", "timeout") when egress.Count > 0 => $"Usually a firewall drops the calls. Allow {string.Join(", ", egress)}.",
        ("connect", "timeout") => "Usually a firewall drops the calls. Allow calls from this service.",
        ("connect", _) => "Does the server run, and listen on this port?",
        ("tls", _) => "Check the encryption setting. If the authority is your own, paste its certificate, after its administrator has confirmed the fingerprint.",
        ("ssh", _) => "Check the SSH host, its user, and its host key.",
        ("signIn", "reauthRequired") => "Tried once. We do not try again by ourselves, so that the account is not locked.",
        _ => null
    };
}
