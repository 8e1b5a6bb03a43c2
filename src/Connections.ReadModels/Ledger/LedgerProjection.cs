using Connections.Domain;
using Connections.Domain.Activity;
using Dapper;
using EventSourcing;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;

namespace Connections.ReadModels.Ledger;

/// <summary>
/// Totals of accepted activities, and of ended ones by outcome. The totals outlive the streams that retention removes. Therefore they are
/// in the service database, with their checkpoint, and are not rebuilt with the other read models: a rebuild could only count the retained
/// streams.
/// </summary>
public sealed class LedgerProjection : IProjection
{
    public const string Accepted = "accepted";
    public const string Unknown = "unknown";

    internal const string LoopName = "ledger";

    public string Name => LoopName;

    public IReadOnlyList<string> Prefixes { get; } = [ActivityId.Category];

    public Migrations Tables { get; } = new(
        "ledger",
        """
        CREATE TABLE ledger (workspace TEXT NOT NULL, entry TEXT NOT NULL, total BIGINT NOT NULL, PRIMARY KEY (workspace, entry));
        CREATE TABLE ledger_unknown (workspace TEXT NOT NULL, id TEXT NOT NULL, ended_at BIGINT NOT NULL, PRIMARY KEY (workspace, id));
        """);

    public async Task Apply(IReadOnlyList<RecordedEvent> events, SqlWrite write, CancellationToken ct)
    {
        var counts = new Dictionary<(string Workspace, string Entry), int>();
        bool? anyUnknown = null;
        foreach (var recorded in events)
        {
            var id = ActivityId.Parse(recorded.Stream);
            var e = (ActivityEvent)ActivityDecider.Names.Read(recorded);
            if (Entry(e) is not { } entry) continue;
            Count(id.Workspace, entry, 1);
            if (e is ActivityOutcomeUnknown)
            {
                await Remember(id, recorded.At, write);
                anyUnknown = true;
            }
            // A late outcome, or a person's decision, replaces the unknown outcome: do not count the activity twice.
            else if (e is ActivityEnd && (anyUnknown ??= await AnyUnknown(write)) && await WasUnknown(id, write))
                Count(id.Workspace, Unknown, -1);
        }

        await write.Connection.ExecuteAsync(
            """
            INSERT INTO ledger (workspace, entry, total) VALUES (@Workspace, @Entry, @Total)
            ON CONFLICT (workspace, entry) DO UPDATE SET total = ledger.total + excluded.total
            """,
            counts.Select(c => new { c.Key.Workspace, c.Key.Entry, Total = c.Value }),
            write.Transaction);

        void Count(string workspace, string entry, int by) => counts[(workspace, entry)] = counts.GetValueOrDefault((workspace, entry)) + by;
    }

    internal static string? Entry(ActivityEvent e) => e switch
    {
        ActivityRequested => Accepted,
        ActivitySucceeded => "succeeded",
        ActivityFailed => "failed",
        ActivityOutcomeUnknown => Unknown,
        ActivityCancelled => "cancelled",
        ActivityStarted or ActivityStageSaved or ActivityDeferred => null,
        _ => throw new System.Diagnostics.UnreachableException($"{e.GetType().Name} is not in the ledger")
    };

    private static Task<int> Remember(ActivityId id, DateTimeOffset at, SqlWrite write) => write.Connection.ExecuteAsync(
        "INSERT INTO ledger_unknown (workspace, id, ended_at) VALUES (@Workspace, @Id, @At) ON CONFLICT (workspace, id) DO NOTHING",
        new { id.Workspace, Id = id.Value.ToString(), At = at.UtcTicks },
        write.Transaction);

    private static async Task<bool> AnyUnknown(SqlWrite write) =>
        await write.Connection.ExecuteScalarAsync<string?>("SELECT id FROM ledger_unknown LIMIT 1", transaction: write.Transaction) is not null;

    private static async Task<bool> WasUnknown(ActivityId id, SqlWrite write) => await write.Connection.ExecuteAsync(
        "DELETE FROM ledger_unknown WHERE workspace = @Workspace AND id = @Id",
        new { id.Workspace, Id = id.Value.ToString() },
        write.Transaction) == 1;
}
