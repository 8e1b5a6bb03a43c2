using Microsoft.Data.Sqlite;

namespace EndToEnd.Tests.Kills;

/// <summary>Reads the files of a service without the service's code.</summary>
internal sealed class DatabaseReader(string folder)
{
    private const string Ends = "('activity-succeeded', 'activity-failed', 'activity-outcome-unknown', 'activity-cancelled')";

    /// <summary>The totals by entry.</summary>
    public Dictionary<string, long> Ledger() => Read("service.db", "SELECT entry, total FROM ledger WHERE workspace = 'default'");

    /// <summary>The number of terminal events of each activity in the log.</summary>
    public Dictionary<Guid, long> EndsByActivity() => Read(
        "log.db",
        $"""
        SELECT substr(stream, length('activity-default:') + 1), sum(type IN {Ends})
        FROM events WHERE stream LIKE 'activity-default:%' GROUP BY stream
        """).ToDictionary(e => Guid.Parse(e.Key), e => e.Value);

    private Dictionary<string, long> Read(string file, string sql)
    {
        using var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, file), Pooling = false }.ToString());
        connection.Open();
        using var command = new SqliteCommand(sql, connection);
        using var reader = command.ExecuteReader();
        var rows = new Dictionary<string, long>();
        while (reader.Read()) rows.Add(reader.GetString(0), reader.GetInt64(1));
        return rows;
    }
}
