using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace EventSourcing.Sql;

/// <summary>A SQLite connection that keeps its statements prepared, because parsing and planning take longer than execution.</summary>
internal sealed class PreparedConnection(SqliteConnection connection, Action<PreparedConnection>? giveBack) : DbConnection
{
    private const int MaxIdleCommands = 200;

    private readonly Dictionary<string, SqliteCommand> idle = [];

    [AllowNull]
    public override string ConnectionString
    {
        get => connection.ConnectionString;
        set => throw new NotSupportedException("The connection is already open.");
    }

    public override string Database => connection.Database;

    public override string DataSource => connection.DataSource;

    public override string ServerVersion => connection.ServerVersion;

    public override ConnectionState State => connection.State;

    /// <summary>Closes the connection; <c>Dispose</c> only returns it to the pool.</summary>
    public void End()
    {
        foreach (var command in idle.Values) command.Dispose();
        connection.Dispose();
    }

    public override void ChangeDatabase(string databaseName) => connection.ChangeDatabase(databaseName);

    public override void Open() => throw new NotSupportedException("The connection is already open.");

    public override void Close()
    {
    }

    internal SqliteCommand Take(string sql) => idle.Remove(sql, out var command) ? command : new SqliteCommand(sql, connection);

    internal void GiveBack(SqliteCommand command)
    {
        command.Parameters.Clear();
        command.Transaction = null;
        if (idle.Count == MaxIdleCommands || !idle.TryAdd(command.CommandText, command)) command.Dispose();
    }

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => connection.BeginTransaction(isolationLevel);

    protected override DbCommand CreateDbCommand() => new PreparedCommand(this);

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing) giveBack?.Invoke(this);
    }
}

/// <summary>A command that borrows the prepared statement of its text from the connection.</summary>
internal sealed class PreparedCommand(PreparedConnection connection) : DbCommand
{
    private SqliteCommand? command;
    private DbTransaction? transaction;

    [AllowNull]
    public override string CommandText
    {
        get => command?.CommandText ?? "";
        set
        {
            Return();
            command = connection.Take(value ?? "");
            command.Transaction = transaction as SqliteTransaction;
        }
    }

    public override int CommandTimeout
    {
        get => Inner.CommandTimeout;
        set => Inner.CommandTimeout = value;
    }

    public override CommandType CommandType
    {
        get => CommandType.Text;
        set => _ = value == CommandType.Text ? value : throw new NotSupportedException("SQLite supports only text commands.");
    }

    public override bool DesignTimeVisible { get; set; }

    public override UpdateRowSource UpdatedRowSource { get; set; }

    protected override DbConnection? DbConnection
    {
        get => connection;
        set => _ = ReferenceEquals(value, connection)
            ? value
            : throw new NotSupportedException("The connection of a prepared command cannot be changed.");
    }

    protected override DbParameterCollection DbParameterCollection => Inner.Parameters;

    protected override DbTransaction? DbTransaction
    {
        get => transaction;
        set
        {
            transaction = value;
            if (command is not null) command.Transaction = value as SqliteTransaction;
        }
    }

    private SqliteCommand Inner => command ?? throw new InvalidOperationException("Set CommandText first.");

    public override void Cancel() => command?.Cancel();

    public override int ExecuteNonQuery() => Inner.ExecuteNonQuery();

    public override object? ExecuteScalar() => Inner.ExecuteScalar();

    public override void Prepare() => Inner.Prepare();

    protected override DbParameter CreateDbParameter() => new SqliteParameter();

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => Inner.ExecuteReader(behavior);

    protected override void Dispose(bool disposing)
    {
        if (disposing) Return();
        base.Dispose(disposing);
    }

    private void Return()
    {
        if (command is null) return;
        connection.GiveBack(command);
        command = null;
    }
}
