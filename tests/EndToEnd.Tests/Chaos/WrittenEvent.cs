using Microsoft.Data.Sqlite;
using TestServers;

namespace EndToEnd.Tests.Chaos;

/// <summary>An event as the log holds it, read from the file of its server.</summary>
internal sealed record WrittenEvent(string Stream, long Revision, Guid Id, string Type, string Data)
{
    private const string Activity = "activity-default:";

    private static readonly string[] Ends = ["activity-succeeded", "activity-failed", "activity-outcome-unknown", "activity-cancelled"];

    public bool IsOfActivity => Stream.StartsWith(Activity, StringComparison.Ordinal);

    public Guid ActivityId => Guid.Parse(Stream[Activity.Length..]);

    public bool IsEnd => Ends.Contains(Type);

    /// <summary>As <c>activity-finished</c> names it.</summary>
    public string Outcome => Type == "activity-outcome-unknown" ? "unknown" : Type["activity-".Length..];

    /// <summary>All, in their order.</summary>
    public static List<WrittenEvent> All(EventStoreDoubleServer log)
    {
        using var connection = Open(log);
        using var command = new SqliteCommand("SELECT stream, revision, id, type, CAST(data AS TEXT) FROM events ORDER BY position", connection);
        using var reader = command.ExecuteReader();
        var all = new List<WrittenEvent>();
        while (reader.Read())
        {
            var id = new Guid(reader.GetFieldValue<byte[]>(2), bigEndian: true);
            all.Add(new WrittenEvent(reader.GetString(0), reader.GetInt64(1), id, reader.GetString(3), reader.GetString(4)));
        }

        return all;
    }

    private static SqliteConnection Open(EventStoreDoubleServer log)
    {
        var file = new SqliteConnectionStringBuilder { DataSource = log.Database, Pooling = false };
        var connection = new SqliteConnection(file.ToString());
        connection.Open();
        return connection;
    }
}
