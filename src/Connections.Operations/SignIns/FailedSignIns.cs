using Connections.Domain;
using Microsoft.Extensions.Logging;

namespace Connections.Operations.SignIns;

/// <summary>
/// Logs and counts callbacks and confirmations that are rejected or held without an event: they name no sign-in of this service, or one
/// that has ended. The log contains nothing of what the browser sent.
/// </summary>
public sealed class FailedSignIns(ILogger<FailedSignIns> log)
{
    /// <param name="reason">One of a small fixed set, because it becomes a metric tag.</param>
    public void Unknown(string reason)
    {
        DomainMetrics.SignInStopped(reason);
        log.LogWarning("A callback that names no sign-in of this service was stopped ({Reason})", reason);
    }

    public void Record(SignInReference reference, string reason)
    {
        DomainMetrics.SignInStopped(reason);
        log.LogWarning(
            "A sign-in was stopped ({Reason}): connection {Connection} of {Workspace}, attempt {Attempt}",
            reason,
            reference.Connection.Value,
            reference.Connection.Workspace,
            reference.Attempt);
    }
}
