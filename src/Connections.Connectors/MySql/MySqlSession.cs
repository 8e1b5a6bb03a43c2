using System.Data;
using Connections.Connectors.Databases;
using MySqlConnector;

namespace Connections.Connectors.MySql;

internal sealed class MySqlSession(MySqlDataSource source, MySqlConnection connection, Relay relay, Road road) : DatabaseSession
{
    // one row is held in memory whole, and may be a gigabyte
    private const long AnswerLimit = 32 * 1024 * 1024;

    public MySqlConnection Connection => connection;

    public bool IsMariaDb { get; } = connection.ServerVersion.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);

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
        await road.DisposeAsync();
    }

    protected override Task Reset(CancellationToken ct) => connection.ResetConnectionAsync(ct).AsTask();
}
