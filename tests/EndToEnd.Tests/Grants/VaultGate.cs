using Npgsql;
using TestServers;

namespace EndToEnd.Tests.Grants;

/// <summary>Makes PostgreSQL hold inserts of vault entries.</summary>
internal sealed class VaultGate : IAsyncDisposable
{
    private readonly PostgresServer server;
    private readonly NpgsqlConnection holder;

    private VaultGate(PostgresServer server, NpgsqlConnection holder) => (this.server, this.holder) = (server, holder);

    /// <summary>Opens once the table exists.</summary>
    public static async Task<VaultGate> Open(PostgresServer server)
    {
        var holder = new NpgsqlConnection($"{PostgresDatabases.ConnectionString(server)};Pooling=false");
        await holder.OpenAsync();
        var gate = new VaultGate(server, holder);
        await gate.Execute("""
            CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              PERFORM pg_advisory_xact_lock_shared(hashtext(NEW.connection));
              RETURN NEW;
            END $$;
            CREATE TRIGGER wait_at_gate BEFORE INSERT ON vault_entries FOR EACH ROW EXECUTE FUNCTION wait_at_gate();
            """);
        return gate;
    }

    public Task Hold(Guid connection) => Execute($"SELECT pg_advisory_lock(hashtext('{connection}'))");

    /// <summary>Whether an insert of an entry of this connection is held.</summary>
    public async Task<bool> Holds(Guid connection) => await server.Sql(
        $"""
        SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND ((classid::bigint << 32) | objid::bigint) = hashtext('{connection}')::bigint
        """,
        server.Database) == "1";

    public Task ReleaseAll() => Execute("SELECT pg_advisory_unlock_all()");

    public ValueTask DisposeAsync() => holder.DisposeAsync();

    private async Task Execute(string sql)
    {
        await using var command = new NpgsqlCommand(sql, holder);
        await command.ExecuteNonQueryAsync();
    }
}
