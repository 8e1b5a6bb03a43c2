using System.Collections.Concurrent;
using Connections.Credentials.Vault;
using Dapper;

namespace Credentials.Tests.Harness;

/// <summary>An empty database for one test.</summary>
public abstract class TestStore : IAsyncDisposable
{
    private readonly ConcurrentBag<VaultDatabase> opened = [];
    private readonly Lazy<VaultDatabase> database;

    protected TestStore() => database = new Lazy<VaultDatabase>(Open);

    public VaultDatabase Open()
    {
        var database = Connect();
        opened.Add(database);
        return database;
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var database in opened) await database.Sql.DisposeAsync();
        await Remove();
    }

    public async Task<IReadOnlyList<T>> Query<T>(string sql)
    {
        await using var connection = await database.Value.Sql.Open(default);
        return (await connection.QueryAsync<T>(sql)).AsList();
    }

    public async Task Execute(string sql, object? parameters = null)
    {
        await using var write = await database.Value.Sql.BeginWrite(default);
        Assert.NotEqual(0, await write.Connection.ExecuteAsync(sql, parameters, write.Transaction));
        await write.Commit(default);
    }

    protected abstract VaultDatabase Connect();

    protected abstract ValueTask Remove();
}

public sealed class SqliteStore : TestStore
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("vault-");

    public string FolderPath => folder.FullName;

    /// <summary>The time for which a destroy waits for a reader.</summary>
    public int BusyTimeoutMilliseconds { get; set; } = 5_000;

    protected override VaultDatabase Connect() =>
        VaultDatabase.Sqlite(Path.Combine(folder.FullName, "vault.db")) with { BusyTimeoutMilliseconds = BusyTimeoutMilliseconds };

    /// <summary>All bytes of all files, including the write-ahead log, read while the database is open.</summary>
    public IReadOnlyDictionary<string, byte[]> Files() => folder.EnumerateFiles().ToDictionary(file => file.Name, Bytes);

    public bool Holds(ReadOnlySpan<byte> bytes)
    {
        foreach (var file in Files().Values)
            if (file.AsSpan().IndexOf(bytes) >= 0) return true;
        return false;
    }

    protected override ValueTask Remove()
    {
        folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private static byte[] Bytes(FileInfo file)
    {
        using var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var all = new MemoryStream();
        stream.CopyTo(all);
        return all.ToArray();
    }
}
