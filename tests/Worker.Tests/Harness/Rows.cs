using Dapper;
using EventSourcing;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;

namespace Worker.Tests.Harness;

/// <summary>A read model that follows a log only when the test says so.</summary>
public sealed class Rows : IAsyncDisposable
{
    private readonly RowStore store;
    private readonly RowDatabase opened;
    private readonly IEventLog log;
    private readonly IProjection[] projections;
    private readonly Dictionary<IProjection, long> positions = [];

    private Rows(RowStore store, RowDatabase opened, IEventLog log, IProjection[] projections)
    {
        (this.store, this.opened, this.log, this.projections) = (store, opened, log, projections);
        Database = new ReadModelDatabase(opened.Sql);
    }

    public ReadModelDatabase Database { get; }

    /// <summary>Follows the log and returns the number of rows changed.</summary>
    public long Touched { get; private set; }

    public static async Task<Rows> Create(RowStore store, IEventLog log, params IProjection[] projections)
    {
        var rows = new Rows(store, await store.Open(), log, projections);
        await Checkpoints.Tables.Apply(rows.Database.Sql, default);
        foreach (var projection in projections) await projection.Tables.Apply(rows.Database.Sql, default);
        return rows;
    }

    /// <summary>Follows the log to its end.</summary>
    public async Task Follow()
    {
        foreach (var projection in projections)
        {
            await foreach (var batch in log.Subscribe(projection.Prefixes, positions.GetValueOrDefault(projection), default))
            {
                if (!await Take(projection, batch)) break;
            }
        }
    }

    public async Task<IReadOnlyList<T>> Query<T>(string sql, object? parameters = null)
    {
        await using var connection = await Database.Sql.Open(default);
        return (await connection.QueryAsync<T>(sql, parameters)).AsList();
    }

    public async Task<T?> Value<T>(string sql, object? parameters = null) => (await Query<T>(sql, parameters)).SingleOrDefault();

    /// <summary>The query plan, one line per step.</summary>
    public Task<IReadOnlyList<string>> Plan(string sql, object? parameters = null) => store.Plan(Database.Sql, sql, parameters);

    public async ValueTask DisposeAsync()
    {
        await Database.Sql.DisposeAsync();
        opened.Remove();
    }

    private async Task<bool> Take(IProjection projection, LogBatch batch)
    {
        var from = positions.GetValueOrDefault(projection);
        if (batch.Position > from)
        {
            await using var write = await Database.Sql.BeginWrite(default);
            Assert.True(await Checkpoints.Move(write, projection.Name, from, batch.Position, default));
            var before = await write.Connection.ExecuteScalarAsync<long>(store.Changes, transaction: write.Transaction);
            await projection.Apply(batch.Events, write, default);
            Touched += await write.Connection.ExecuteScalarAsync<long>(store.Changes, transaction: write.Transaction) - before;
            await write.Commit(default);
            positions[projection] = batch.Position;
        }

        return !batch.CaughtUp;
    }
}
