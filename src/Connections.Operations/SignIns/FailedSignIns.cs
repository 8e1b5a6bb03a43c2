using Connections.Domain;
using Microsoft.Extensions.Logging;

namespace Connections.Operations.SignIns;

/// <summary>
/// Tells of what comes back from providers, or is clicked, and is refused or held without an event: nothing of ours is named, or an attempt
/// whose end stands in the history already. Quotes nothing of it.
/// </summary>
public sealed class FailedSignIns(ILogger<FailedSignIns> log)
{
    /// <param name="reason">One of a few words, which the metrics count by.</param>
    public void Unknown(string reason)
    {
        DomainMetrics.SignInStopped(reason);
        log.LogWarning("What names no sign-in of this service was stopped ({Reason})", reason);
    }

    public void Record(SignInReference of, string reason)
    {
        DomainMetrics.SignInStopped(reason);
        log.LogWarning(
            "A sign-in was stopped ({Reason}): connection {Connection} of {Workspace}, attempt {Attempt}",
            reason,
            of.Connection,
            of.Workspace,
            of.Attempt);
    }
}
