using System.Data.Common;
using Dapper;

namespace EventSourcing.Sql;

public enum SqlProvider
{
    Sqlite,
    PostgreSql
}

/// <summary>One database of the service: a SQLite file, or PostgreSQL. Most SQL is the same for both.</summary>
public abstract class SqlDatabase : IAsyncDisposable
{
    public abstract SqlProvider Provider { get; }

    /// <summary>An open connection for reading. Dispose it to return it.</summary>
    public abstract ValueTask<DbConnection> Open(CancellationToken ct);

    /// <summary>
    /// A transaction for writing. On SQLite there is one at a time: the next caller waits here, without polling the file.
    /// </summary>
    public abstract ValueTask<SqlWrite> BeginWrite(CancellationToken ct);

    /// <summary>The condition that a text column has one of the values of a parameter, which is a JSON array of texts.</summary>
    public string In(string column, string parameter) => Provider == SqlProvider.PostgreSql
        ? $"{column} = ANY(ARRAY(SELECT jsonb_array_elements_text(CAST(@{parameter} AS jsonb))))"
        : $"{column} IN (SELECT value FROM json_each(@{parameter}))";

    public abstract ValueTask DisposeAsync();
}

/// <param name="Sql">One or several statements, separated by semicolons. Literals must not contain a semicolon.</param>
/// <param name="Parameters">An object whose properties are strings and integers.</param>
public readonly record struct SqlStatement(string Sql, object Parameters);

/// <summary>A transaction for writing. Disposed without a commit it is rolled back.</summary>
public abstract class SqlWrite : IAsyncDisposable
{
    public abstract DbConnection Connection { get; }

    public abstract DbTransaction Transaction { get; }

    /// <summary>Executes the statements in order, possibly in one round trip.</summary>
    public virtual async Task Execute(IEnumerable<SqlStatement> statements, CancellationToken ct)
    {
        foreach (var (sql, parameters) in statements)
            await Connection.ExecuteAsync(new CommandDefinition(sql, parameters, Transaction, cancellationToken: ct));
    }

    public abstract Task Commit(CancellationToken ct);

    public abstract ValueTask DisposeAsync();
}
