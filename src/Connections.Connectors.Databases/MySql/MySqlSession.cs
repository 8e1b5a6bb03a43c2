using System.Data;
using System.Globalization;
using Connections.Connectors.Databases;
using MySqlConnector;

namespace Connections.Connectors.MySql;

internal sealed class MySqlSession(MySqlDataSource source, MySqlConnection connection, Relay relay, DatabaseTransport transport) : DatabaseSession
{
    // The library holds one row in memory, and a row may be a gigabyte.
    private const long ResponseLimit = 32 * 1024 * 1024;

    private int sent;

    public MySqlConnection Connection => connection;

    public bool IsMariaDb { get; } = connection.ServerVersion.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Makes the text unique within the session. The library reuses a prepared statement with the same text, but a session reset has
    /// removed it.
    /// </summary>
    public string MakeUnique(string text) => string.Create(CultureInfo.InvariantCulture, $"{text} /* {++sent} */");

    /// <summary>True if the connection was closed because a response exceeded the limit.</summary>
    public bool Exceeded => relay.Exceeded;

    protected override bool Open => connection.State == ConnectionState.Open;

    public void LimitAnswer(bool limited) => relay.Allow(limited ? ResponseLimit : long.MaxValue);

    /// <summary>Closes the connection even if the server is still sending.</summary>
    public void Cut() => relay.Cut();

    public async Task Execute(string sql, CancellationToken ct)
    {
        await using var command = new MySqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    public override async ValueTask DisposeAsync()
    {
        if (Spoilt) relay.Cut();
        await connection.DisposeAsync();
        await source.DisposeAsync();
        await relay.DisposeAsync();
        await transport.DisposeAsync();
    }

    protected override Task Reset(CancellationToken ct) => connection.ResetConnectionAsync(ct).AsTask();
}
