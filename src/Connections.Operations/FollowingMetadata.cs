using Connections.Contracts;
using Connections.Domain;
using EventSourcing;

namespace Connections.Operations;

public static class FollowingMetadata
{
    /// <summary>
    /// Adds the metadata of the event to its message. The message has the event's id, so that consumers recognise duplicates.
    /// </summary>
    public static Published Following(this Published message, RecordedEvent recorded, Guid? connection, string? connector) => message with
    {
        EventId = recorded.Id,
        Workspace = StreamName.Workspace(recorded.Stream),
        ConnectionId = connection,
        Connector = connector,
        Version = recorded.Revision,
        At = recorded.At,
        CorrelationId = EventMetadata.From(recorded).Correlation
    };
}
