using System.Data;
using Connections.Connectors.Databases;
using Npgsql;

namespace Connections.Connectors.Postgres;

internal sealed class PostgresSession(NpgsqlDataSource source, NpgsqlConnection connection, IAsyncDisposable? way = null) : DatabaseSession
{
    public NpgsqlConnection Connection => connection;

    protected override bool Open => connection.State == ConnectionState.Open;

    public async Task Execute(string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    public override async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync();
        await source.DisposeAsync();
        if (way is not null) await way.DisposeAsync();
    }

    protected override async Task Reset(CancellationToken ct)
    {
        // Each command gets its own sync, because DISCARD ALL cannot run in a transaction block. Both are sent in one round trip.
        await using var batch = new NpgsqlBatch(connection) { EnableErrorBarriers = true, BatchCommands = { new("ROLLBACK"), new("DISCARD ALL") } };
        await batch.ExecuteNonQueryAsync(ct);
    }
}
