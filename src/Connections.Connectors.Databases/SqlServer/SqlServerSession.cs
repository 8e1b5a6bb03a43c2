using System.Data;
using Connections.Connectors.Databases;
using Connections.Connectors.Relays;
using Microsoft.Data.SqlClient;

namespace Connections.Connectors.SqlServer;

/// <summary>
/// A session for one call. Only the library's own pool can reset a session at the server, and that pool would dial and sign in by itself.
/// </summary>
internal sealed class SqlServerSession(SqlConnection connection, Relay relay, SqlServerWire wire, DatabaseTransport transport,
    TimeProvider clock)
    : DatabaseSession(relay, clock)
{
    private bool used;

    public SqlConnection Connection => connection;

    protected override bool Open => !used && connection.State == ConnectionState.Open;

    /// <summary>Renews the allowance for what the server sends. Done before each statement, and before each row of a write.</summary>
    public void RenewAllowance() => wire.Renew();

    public SqlCommand Command(string sql) => new(sql, connection) { CommandTimeout = 0 };

    /// <returns>The first value, if it is an integer.</returns>
    public async Task<int?> Execute(string sql, CancellationToken ct)
    {
        wire.Renew();
        await using var command = Command(sql);
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, ct);
        return await reader.ReadAsync(ct) && reader.GetDataTypeName(0) == "int" && !reader.IsDBNull(0) ? reader.GetInt32(0) : null;
    }

    protected override async Task Close()
    {
        await connection.DisposeAsync();
        await transport.DisposeAsync();
    }

    protected override Task Reset(CancellationToken ct)
    {
        used = true;
        return Task.CompletedTask;
    }
}
