using Connections.Contracts;
using Connections.ReadModels;
using EventSourcing;
using MassTransit;

namespace Connections.Worker;

/// <summary>How an event is told on the bus: the message bears the event's id, so that who hears it twice can tell.</summary>
internal static class Telling
{
    public static Task Tell(
        this IBus bus, Published what, RecordedEvent recorded, Guid? connection, string? connector, CancellationToken ct)
    {
        var message = what with
        {
            EventId = recorded.Id,
            Workspace = StreamName.Of(recorded.Stream).Workspace,
            ConnectionId = connection,
            Connector = connector,
            Version = recorded.Revision,
            At = recorded.At,
            CorrelationId = EventMetadata.Of(recorded).Correlation
        };
        return bus.Publish(message, message.GetType(), context => context.MessageId = recorded.Id, ct);
    }
}
