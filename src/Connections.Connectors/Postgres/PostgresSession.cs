using Npgsql;

namespace Connections.Connectors.Postgres;

/// <summary>One physical connection, signed in. Whoever holds it uses it alone.</summary>
internal sealed class PostgresSession(NpgsqlDataSource source, NpgsqlConnection connection) : IAsyncDisposable
{
    public NpgsqlConnection Connection => connection;

    /// <summary>Used before: it may have died since, unnoticed.</summary>
    public bool Reused { get; set; }

    /// <summary>Not to be used again: its state is not known.</summary>
    public bool Spoilt { get; set; }

    public long OpenedAt { get; set; }

    public long IdleSince { get; set; }

    public bool Alive => !Spoilt && connection.State == System.Data.ConnectionState.Open;

    public async Task Execute(string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync();
        await source.DisposeAsync();
    }
}
