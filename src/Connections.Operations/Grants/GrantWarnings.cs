using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Domain.Token;
using Connections.ReadModels.Grants;
using EventSourcing;

namespace Connections.Operations.Grants;

/// <summary>Warns of a sign-in that is expected to end, based on the current log.</summary>
public sealed class GrantWarnings(IEventLog log, ConnectionStreams connections, IGrantLifetimes lifetimes, TimeProvider clock)
{
    public async Task Warn(ConnectionId connection, EventMetadata metadata, CancellationToken ct)
    {
        var grant = GrantView.Fold(
            (await log.Read(connection.Stream, ct)).Events, (await log.Read(connection.Token.Stream, ct)).Events);
        if (grant?.Forecast(lifetimes) is not { } forecast || forecast.Passed(clock.GetUtcNow()) is not { } days) return;
        var warning = new WarnOfExpiry(forecast.At, forecast.Basis, days, grant.CredentialVersion);
        await connections.Handle(connection, warning, metadata, ct);
    }
}
