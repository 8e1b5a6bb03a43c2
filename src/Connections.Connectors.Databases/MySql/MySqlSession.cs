using System.Data;
using System.Globalization;
using Connections.Connectors.Databases;
using MySqlConnector;

namespace Connections.Connectors.MySql;

internal sealed class MySqlSession(MySqlDataSource source, MySqlConnection connection, Relay relay, DatabaseTransport transport) : DatabaseSession
{
    // one row is held in memory whole, and may be a gigabyte
    private const long AnswerLimit = 32 * 1024 * 1024;

    private int sent;

    public MySqlConnection Connection => connection;

    public bool IsMariaDb { get; } = connection.ServerVersion.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// The text, not sent before on this session: the driver takes a text that it knows for prepared still, though a reset session has forgotten it.
    /// </summary>
    public string Unheard(string text) => string.Create(CultureInfo.InvariantCulture, $"{text} /* {++sent} */");

    /// <summary>It was cut off, since an answer was longer than would be read.</summary>
    public bool Exceeded => relay.Exceeded;

    protected override bool Open => connection.State == ConnectionState.Open;

    public void LimitAnswer(bool limited) => relay.Allow(limited ? AnswerLimit : long.MaxValue);

    /// <summary>Hangs up, whatever the server is still sending.</summary>
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
