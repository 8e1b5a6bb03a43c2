using EventSourcing.Sql;

namespace Connections.Files.Records;

/// <summary>
/// The tables of the file store, in the vault database: every host reads it, and what is deleted there leaves the file.
/// <c>file_folder</c> holds the identity of the folder or bucket with the bytes.
/// <c>sealed</c> holds the key and the description of a file, and is null once the file was removed.
/// </summary>
public static class FileTables
{
    public static readonly Migrations Tables = new(
        "files",
        """
        CREATE TABLE files (
            id TEXT PRIMARY KEY,
            workspace TEXT NOT NULL,
            sealed TEXT,
            sealed_at BIGINT NOT NULL,
            expires_at BIGINT NOT NULL);
        CREATE INDEX files_by_expiry ON files (expires_at, id);

        CREATE TABLE file_folder (
            id INTEGER PRIMARY KEY,
            folder TEXT NOT NULL);
        """);
}
