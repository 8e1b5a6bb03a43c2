using System.Collections.Concurrent;
using System.Reflection;
using Npgsql;
using NpgsqlTypes;

namespace EventSourcing.Sql;

/// <summary>Many statements in one round trip.</summary>
internal static class PostgresBatch
{
    private const int Most = 200;

    private static readonly ConcurrentDictionary<string, string[]> Divided = [];
    private static readonly ConcurrentDictionary<Type, (PropertyInfo Property, NpgsqlDbType Type)[]> Known = [];

    public static async Task Execute(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IEnumerable<SqlStatement> statements, CancellationToken ct)
    {
        foreach (var some in statements.Chunk(Most))
        {
            await using var batch = new NpgsqlBatch(connection, transaction);
            foreach (var (sql, parameters) in some)
            {
                foreach (var part in Divided.GetOrAdd(sql, Divide)) batch.BatchCommands.Add(Command(part, parameters));
            }

            await batch.ExecuteNonQueryAsync(ct);
        }
    }

    private static string[] Divide(string sql) => sql.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static NpgsqlBatchCommand Command(string sql, object parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var (property, type) in Known.GetOrAdd(parameters.GetType(), Describe))
            command.Parameters.Add(new NpgsqlParameter(property.Name, type) { Value = property.GetValue(parameters) ?? DBNull.Value });
        return command;
    }

    private static (PropertyInfo Property, NpgsqlDbType Type)[] Describe(Type parameters) =>
        [.. parameters.GetProperties().Select(p => (p, GetParameterType(Nullable.GetUnderlyingType(p.PropertyType) ?? p.PropertyType)))];

    private static NpgsqlDbType GetParameterType(Type type) =>
        type == typeof(string) ? NpgsqlDbType.Text
        : type == typeof(long) ? NpgsqlDbType.Bigint
        : type == typeof(int) ? NpgsqlDbType.Integer
        : throw new NotSupportedException($"{type.Name} is no type of a column here.");
}
