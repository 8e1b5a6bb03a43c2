using Connections.Domain.Activity;
using Connections.Domain.Claims;
using Connections.Domain.Connection;
using Connections.Domain.Token;
using EventSourcing;

namespace Connections.Domain;

public sealed class ConnectionStreams(IEventLog log)
    : EventStreams<ConnectionState, ConnectionCommand, ConnectionEvent>(log, ConnectionDecider.Decider, ConnectionDecider.Names);

public sealed class ActivityStreams(IEventLog log)
    : EventStreams<ActivityState, ActivityCommand, ActivityEvent>(log, ActivityDecider.Decider, ActivityDecider.Names)
{
    protected override void Appended(IReadOnlyList<ActivityEvent> events) => DomainMetrics.Record(events);

    // what nobody asked for follows from who asked for the activity
    protected override EventMetadata Following(EventMetadata said, RecordedEvent? first) =>
        said.Correlation is null && first is not null ? said with { Correlation = EventMetadata.From(first).Correlation } : said;
}

public sealed class ClaimStreams(IEventLog log)
    : EventStreams<ClaimState, ClaimCommand, ClaimEvent>(log, ClaimDecider.Decider, ClaimDecider.Names);

public sealed class TokenStreams(IEventLog log)
    : EventStreams<TokenState, TokenCommand, TokenEvent>(log, TokenDecider.Decider, TokenDecider.Names)
{
    protected override void Appended(IReadOnlyList<TokenEvent> events) => DomainMetrics.Record(events);
}
