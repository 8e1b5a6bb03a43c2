using EventSourcing.Sql;

namespace Connections.Credentials.Vault;

public static class VaultTables
{
    public static Migrations For(SqlProvider provider) => new(
        "vault",
        $"""
        CREATE TABLE ring_keys (
            id TEXT PRIMARY KEY,
            check_value {Bytes(provider)} NOT NULL);

        CREATE TABLE data_keys (
            scope TEXT NOT NULL,
            workspace TEXT NOT NULL,
            name TEXT NOT NULL,
            ring_key TEXT,
            wrapped {Bytes(provider)},
            destroyed_at BIGINT,
            PRIMARY KEY (scope, workspace, name));
        CREATE INDEX data_keys_by_ring_key ON data_keys (ring_key);

        CREATE TABLE vault_entries (
            workspace TEXT NOT NULL,
            connection TEXT NOT NULL,
            entry TEXT NOT NULL,
            put_at BIGINT NOT NULL,
            box {Bytes(provider)} NOT NULL,
            PRIMARY KEY (workspace, connection, entry));
        CREATE INDEX vault_entries_by_age ON vault_entries (put_at, workspace, connection, entry);

        CREATE TABLE one_time_secrets (
            reference TEXT PRIMARY KEY,
            workspace TEXT NOT NULL,
            sealed TEXT,
            expires_at BIGINT NOT NULL,
            taken_by TEXT);
        CREATE INDEX one_time_secrets_by_command ON one_time_secrets (workspace, taken_by);
        """,
        """
        CREATE TABLE ring_hosts (
            host TEXT PRIMARY KEY,
            ring_keys TEXT NOT NULL,
            seen_at BIGINT NOT NULL);
        """);

    /// <summary>
    /// A suffix for SELECT that locks its rows until the transaction ends. SQLite needs none, because it has one writer at a time.
    /// </summary>
    internal static string HoldRow(SqlProvider provider) => provider == SqlProvider.PostgreSql ? " FOR SHARE" : "";

    private static string Bytes(SqlProvider provider) => provider == SqlProvider.PostgreSql ? "BYTEA" : "BLOB";
}
