using System.Text;
using EventSourcing;
using EventSourcing.EventStoreDb;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using TestServers;

namespace EndToEnd.Tests.Chaos;

/// <summary>An event in the log.</summary>
internal sealed record WrittenEvent(string Stream, long Revision, Guid Id, string Type, string Data)
{
    private const string Activity = "activity-default:";

    private static readonly string[] Ends = ["activity-succeeded", "activity-failed", "activity-outcome-unknown", "activity-cancelled"];

    public bool IsOfActivity => Stream.StartsWith(Activity, StringComparison.Ordinal);

    public Guid ActivityId => Guid.Parse(Stream[Activity.Length..]);

    public bool IsEnd => Ends.Contains(Type);

    /// <summary>The outcome as in <c>activity-finished</c>.</summary>
    public string Outcome => Type == "activity-outcome-unknown" ? "unknown" : Type["activity-".Length..];

    /// <summary>Reads all events in order, from the file of the double or from EventStoreDB.</summary>
    public static async Task<List<WrittenEvent>> Read(EventLogServer log) => log is EventStoreDoubleServer ? All(log) : await ReadAll(log);

    /// <summary>Reads all events in order from the file of the double.</summary>
    public static List<WrittenEvent> All(EventLogServer log)
    {
        using var connection = Open((EventStoreDoubleServer)log);
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

    private static async Task<List<WrittenEvent>> ReadAll(EventLogServer server)
    {
        await using var log = EventStoreDbEventLog.Open(server.Connection, TimeProvider.System, NullLogger<EventStoreDbEventLog>.Instance);
        var all = new List<WrittenEvent>();
        await foreach (var batch in log.Subscribe(["activity-", "connection", "token-"], Position.Start, CancellationToken.None))
        {
            all.AddRange(batch.Events.Select(e => new WrittenEvent(e.Stream, e.Revision, e.Id, e.Type, Encoding.UTF8.GetString(e.Data.Span))));
            if (batch.CaughtUp) break;
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
