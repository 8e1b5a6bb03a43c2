using Connections.Contracts;
using Connections.ReadModels;
using EventSourcing;

namespace Connections.Operations;

public static class FollowingMetadata
{
    /// <summary>The message of an event: it bears the event's id, so that who hears it twice can tell.</summary>
    public static Published Following(this Published what, RecordedEvent recorded, Guid? connection, string? connector) => what with
    {
        EventId = recorded.Id,
        Workspace = StreamName.Parse(recorded.Stream).Workspace,
        ConnectionId = connection,
        Connector = connector,
        Version = recorded.Revision,
        At = recorded.At,
        CorrelationId = EventMetadata.From(recorded).Correlation
    };
}
