using System.Collections.Concurrent;
using System.Reflection;
using Npgsql;
using NpgsqlTypes;

namespace EventSourcing.Sql;

/// <summary>Executes many statements in one round trip.</summary>
internal static class PostgresBatch
{
    private const int MaxStatements = 200;

    private static readonly ConcurrentDictionary<string, string[]> SplitStatements = [];
    private static readonly ConcurrentDictionary<Type, (PropertyInfo Property, NpgsqlDbType Type)[]> ParameterTypes = [];

    public static async Task Execute(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IEnumerable<SqlStatement> statements, CancellationToken ct)
    {
        foreach (var chunk in statements.Chunk(MaxStatements))
        {
            await using var batch = new NpgsqlBatch(connection, transaction);
            foreach (var (sql, parameters) in chunk)
            {
                foreach (var part in SplitStatements.GetOrAdd(sql, Split)) batch.BatchCommands.Add(Command(part, parameters));
            }

            await batch.ExecuteNonQueryAsync(ct);
        }
    }

    private static string[] Split(string sql) => sql.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static NpgsqlBatchCommand Command(string sql, object parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var (property, type) in ParameterTypes.GetOrAdd(parameters.GetType(), Describe))
            command.Parameters.Add(new NpgsqlParameter(property.Name, type) { Value = property.GetValue(parameters) ?? DBNull.Value });
        return command;
    }

    private static (PropertyInfo Property, NpgsqlDbType Type)[] Describe(Type parameters) =>
        [.. parameters.GetProperties().Select(p => (p, GetParameterType(Nullable.GetUnderlyingType(p.PropertyType) ?? p.PropertyType)))];

    private static NpgsqlDbType GetParameterType(Type type) =>
        type == typeof(string) ? NpgsqlDbType.Text
        : type == typeof(long) ? NpgsqlDbType.Bigint
        : type == typeof(int) ? NpgsqlDbType.Integer
        : throw new NotSupportedException($"{type.Name} is not supported as a parameter type.");
}
