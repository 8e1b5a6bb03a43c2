using MySqlConnector;

namespace Connections.Connectors.MySql;

internal static class MySqlTypes
{
    private static readonly Dictionary<MySqlDbType, string> Names = new()
    {
        [MySqlDbType.Bool] = "tinyint",
        [MySqlDbType.Byte] = "tinyint",
        [MySqlDbType.UByte] = "tinyint unsigned",
        [MySqlDbType.Int16] = "smallint",
        [MySqlDbType.UInt16] = "smallint unsigned",
        [MySqlDbType.Int24] = "mediumint",
        [MySqlDbType.UInt24] = "mediumint unsigned",
        [MySqlDbType.Int32] = "int",
        [MySqlDbType.UInt32] = "int unsigned",
        [MySqlDbType.Int64] = "bigint",
        [MySqlDbType.UInt64] = "bigint unsigned",
        [MySqlDbType.Newdate] = "date",
        [MySqlDbType.NewDecimal] = "decimal",
        [MySqlDbType.Guid] = "char",
        [MySqlDbType.String] = "char"
    };

    /// <summary>The type name as used in a table definition.</summary>
    public static string Name(MySqlDbType type) => Names.TryGetValue(type, out var name) ? name : type.ToString().ToLowerInvariant();
}
