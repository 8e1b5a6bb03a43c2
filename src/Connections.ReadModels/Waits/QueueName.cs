using EventSourcing;

namespace Connections.ReadModels.Waits;

/// <summary>The name of the queue in which an activity waits.</summary>
internal static class QueueName
{
    private const string Failing = "!";

    /// <summary>The queue of activities that name the connection by name, as SQL over its row <c>c</c>.</summary>
    public const string NamedSql = "c.connector || ':' || c.name_key";

    public static string Create(string reference, bool fails) => fails ? Failing + reference : reference;

    public static string Named(string? connector, string? key) => $"{connector}:{key}";
}

/// <summary>The delay before a sent activity without any report is sent again: 60 s, then doubled each time, at most 10 min.</summary>
internal static class ResendDelay
{
    private static readonly BackoffCurve Curve = new(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10));

    public static TimeSpan After(int sent) => Curve.After(sent);
}
