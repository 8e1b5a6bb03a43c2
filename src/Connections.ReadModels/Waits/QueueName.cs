namespace Connections.ReadModels.Waits;

/// <summary>Which queue an activity waits in.</summary>
internal static class QueueName
{
    private const string Failing = "!";

    /// <summary>The queue of those that wait for the connection, as SQL over its row <c>c</c>.</summary>
    public const string NamedSql = "c.connector || ':' || c.name_key";

    public static string Create(string reference, bool fails) => fails ? Failing + reference : reference;

    public static string Named(string? connector, string? key) => $"{connector}:{key}";
}

/// <summary>When what was sent and not heard of is sent again: after 60 s, then twice as long each time, 10 min at most.</summary>
internal static class ResendDelay
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    public static TimeSpan After(int sent)
    {
        var wait = TimeSpan.FromSeconds(60 << Math.Clamp(sent - 1, 0, 4));
        return wait < Longest ? wait : Longest;
    }
}
