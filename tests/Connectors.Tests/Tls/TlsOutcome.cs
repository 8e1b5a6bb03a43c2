using Connections.Connectors;
using Connections.Domain;

namespace Connectors.Tests.Tls;

/// <summary>The outcome of a connection test and of an activity with one server.</summary>
internal static class TlsOutcome
{
    /// <param name="expected">A part of the message; null if the server is trusted.</param>
    public static void Check(ProbeResult probe, ConnectorResult run, string? expected)
    {
        if (expected is null)
        {
            Assert.Null(probe.Failure?.Message);
            Assert.IsType<ConnectorResult.Done>(run);
            return;
        }

        Assert.Equal((FailureKind.Unavailable, Delivered.No), (probe.Failure!.Kind, probe.Failure.Delivered));
        Assert.Contains(expected, probe.Failure.Message, StringComparison.Ordinal);
        Assert.Equal(("tls", "unavailable"), (probe.Steps[^1].Name, probe.Steps[^1].Outcome));
        Assert.Equal(probe.Failure.Message, Assert.IsType<ConnectorResult.Failed>(run).Message);
    }
}
