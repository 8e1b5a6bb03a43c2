using System.Data;
using System.Globalization;
using Connections.Connectors.Databases;
using Connections.Connectors.Relays;
using MySqlConnector;

namespace Connections.Connectors.MySql;

internal sealed class MySqlSession(
    MySqlDataSource source, MySqlConnection connection, Relay relay, MySqlWire wire, DatabaseTransport transport, TimeProvider clock)
    : DatabaseSession(relay, clock)
{
    private int sent;

    public MySqlConnection Connection => connection;

    public bool IsMariaDb { get; } = connection.ServerVersion.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Makes the text unique within the session. The library reuses a prepared statement with the same text, but a session reset has
    /// removed it.
    /// </summary>
    public string MakeUnique(string text) => string.Create(CultureInfo.InvariantCulture, $"{text} /* {++sent} */");

    protected override bool Open => connection.State == ConnectionState.Open;

    /// <summary>Renews the allowance for what the server sends. Done before each statement, and before each row of a write.</summary>
    public void RenewAllowance() => wire.Renew();

    public async Task Execute(string sql, CancellationToken ct)
    {
        wire.Renew();
        await using var command = new MySqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    protected override async Task Close()
    {
        await connection.DisposeAsync();
        await source.DisposeAsync();
        await transport.DisposeAsync();
    }

    protected override Task Reset(CancellationToken ct)
    {
        wire.Renew();
        return connection.ResetConnectionAsync(ct).AsTask();
    }
}
