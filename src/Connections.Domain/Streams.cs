using Connections.Domain.Activity;
using Connections.Domain.Claims;
using Connections.Domain.Connection;
using Connections.Domain.Token;
using EventSourcing;

namespace Connections.Domain;

public sealed class ConnectionStreams(IEventLog log)
    : EventStreams<ConnectionId, ConnectionState, ConnectionCommand, ConnectionEvent>(log, ConnectionDecider.Decider, ConnectionDecider.Names);

public sealed class ActivityStreams(IEventLog log)
    : EventStreams<ActivityId, ActivityState, ActivityCommand, ActivityEvent>(log, ActivityDecider.Decider, ActivityDecider.Names)
{
    protected override void Appended(IReadOnlyList<ActivityEvent> events) => DomainMetrics.Record(events);

    // An event without a correlation of its own takes the correlation of the request that began the activity.
    protected override EventMetadata Following(EventMetadata metadata, RecordedEvent? first) =>
        metadata.Correlation is null && first is not null
            ? metadata with { Correlation = EventMetadata.From(first).Correlation }
            : metadata;
}

public sealed class ClaimStreams(IEventLog log)
    : EventStreams<ClaimId, ClaimState, ClaimCommand, ClaimEvent>(log, ClaimDecider.Decider, ClaimDecider.Names);

public sealed class TokenStreams(IEventLog log)
    : EventStreams<TokenId, TokenState, TokenCommand, TokenEvent>(log, TokenDecider.Decider, TokenDecider.Names)
{
    protected override void Appended(IReadOnlyList<TokenEvent> events) => DomainMetrics.Record(events);
}
