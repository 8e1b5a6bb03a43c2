using Connections.Connectors.Masking;

namespace Connections.Connectors.Pipeline;

/// <summary>Masks the steps of a probe before they are reported, as the runner masks its result.</summary>
internal sealed class MaskedProgress(IProgress<ProbeStep> receiver, SecretMask mask) : IProgress<ProbeStep>
{
    // Connectors that sign in with OAuth mask their tokens themselves.
    public static IProgress<ProbeStep>? For(IConnector connector, ConnectionUse use) =>
        use.Steps is not { } steps || connector.Entry.OAuth is not null ? use.Steps : new MaskedProgress(steps, SecretMask.From(use.Credentials));

    public void Report(ProbeStep value) =>
        receiver.Report(value.Outcome is Domain.Outcome.Ok or Domain.Outcome.Skipped ? value : value with { Message = mask.Mask(value.Message) });
}
