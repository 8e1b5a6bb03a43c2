using System.Data.Common;
using Dapper;

namespace EventSourcing.Sql;

public enum SqlProvider
{
    Sqlite,
    PostgreSql
}

/// <summary>One database of the service: a SQLite file, or PostgreSQL. The same SQL serves both wherever it can.</summary>
public abstract class SqlDatabase : IAsyncDisposable
{
    public abstract SqlProvider Provider { get; }

    /// <summary>An open connection for reading; dispose it to give it back.</summary>
    public abstract ValueTask<DbConnection> Open(CancellationToken ct);

    /// <summary>A transaction for writing. On SQLite one at a time: the next waits its turn here, without polling the file.</summary>
    public abstract ValueTask<SqlWrite> BeginWrite(CancellationToken ct);

    public abstract ValueTask DisposeAsync();
}

/// <param name="Sql">One or several, divided by semicolons; no literal in them holds one.</param>
/// <param name="Parameters">Properties: texts and whole numbers.</param>
public readonly record struct SqlStatement(string Sql, object Parameters);

/// <summary>A transaction for writing. Disposed without a commit it is rolled back.</summary>
public abstract class SqlWrite : IAsyncDisposable
{
    public abstract DbConnection Connection { get; }

    public abstract DbTransaction Transaction { get; }

    /// <summary>One after the other, as far as anybody can tell.</summary>
    public virtual async Task Execute(IEnumerable<SqlStatement> statements, CancellationToken ct)
    {
        foreach (var (sql, parameters) in statements)
            await Connection.ExecuteAsync(new CommandDefinition(sql, parameters, Transaction, cancellationToken: ct));
    }

    public abstract Task Commit(CancellationToken ct);

    public abstract ValueTask DisposeAsync();
}
