using System.Data;
using Connections.Connectors.Databases;
using Connections.Connectors.Relays;
using Npgsql;

namespace Connections.Connectors.Postgres;

internal sealed class PostgresSession(
    NpgsqlDataSource source, NpgsqlConnection connection, Relay relay, PostgresWire wire, DatabaseTransport transport, TimeProvider clock)
    : DatabaseSession(relay, clock)
{
    public NpgsqlConnection Connection => connection;

    /// <summary>Whether rows of any size may come. The caller then reads their values in parts.</summary>
    public void ReadRows(bool inParts) => wire.ReadsRows = inParts;

    protected override bool Open => connection.State == ConnectionState.Open;

    public async Task Execute(string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    protected override async Task Close()
    {
        await connection.DisposeAsync();
        await source.DisposeAsync();
        await transport.DisposeAsync();
    }

    protected override async Task Reset(CancellationToken ct)
    {
        // Each command gets its own sync, because DISCARD ALL cannot run in a transaction block. Both are sent in one round trip.
        await using var batch = new NpgsqlBatch(connection) { EnableErrorBarriers = true, BatchCommands = { new("ROLLBACK"), new("DISCARD ALL") } };
        await batch.ExecuteNonQueryAsync(ct);
    }
}
