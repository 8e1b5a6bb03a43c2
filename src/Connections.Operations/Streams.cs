global using ConnectionStreams = EventSourcing.EventStreams<
    Connections.Domain.ConnectionState, Connections.Domain.ConnectionCommand, Connections.Domain.ConnectionEvent>;
global using ActivityStreams = EventSourcing.EventStreams<
    Connections.Domain.ActivityState, Connections.Domain.ActivityCommand, Connections.Domain.ActivityEvent>;
global using ClaimStreams = EventSourcing.EventStreams<
    Connections.Domain.ClaimState, Connections.Domain.ClaimCommand, Connections.Domain.ClaimEvent>;
