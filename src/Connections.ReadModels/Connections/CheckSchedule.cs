using System.Buffers.Binary;
using System.Security.Cryptography;
using Connections.Domain.Connection;
using EventSourcing;

namespace Connections.ReadModels.Connections;

/// <summary>
/// The time of a connection's next health check. A connected connection is checked once a day, at its own time of day to spread the load.
/// An unreachable one is checked after 1, 2, 4 … 60 minutes. Connections in other statuses are not checked.
/// </summary>
public static class CheckSchedule
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly BackoffCurve WhileUnreachable = new(TimeSpan.FromMinutes(1), TimeSpan.FromHours(1));

    public static DateTimeOffset? Due(ConnectionView view)
    {
        var last = view.LastTest?.At ?? view.CreatedAt;
        return view.Status switch
        {
            ConnectionStatus.Connected => NextSlot(view.Id, last + (Day / 2)),
            ConnectionStatus.Unreachable => last + WhileUnreachable.After(view.FailedChecks),
            _ => null
        };
    }

    private static DateTimeOffset NextSlot(Guid id, DateTimeOffset after)
    {
        var midnight = new DateTimeOffset(after.UtcDateTime.Date, TimeSpan.Zero);
        var slot = midnight + (Day * (BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(id.ToByteArray())) / (double)uint.MaxValue));
        return slot > after ? slot : slot + Day;
    }
}
