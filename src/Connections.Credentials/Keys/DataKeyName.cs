using Connections.Domain;

namespace Connections.Credentials.Keys;

/// <summary>Names a data key: of a connection, of a workspace's month, or of a workspace's hashes.</summary>
internal readonly record struct DataKeyName(string Scope, string Workspace, string Name)
{
    public const string Months = "month";

    public static DataKeyName ForConnection(ConnectionId connection) => new("connection", connection.Workspace, connection.Value.ToString());

    public static DataKeyName ForMonth(string workspace, string month) => new(Months, workspace, month);

    public static DataKeyName ForHashes(string workspace) => new("hash", workspace, "");
}
