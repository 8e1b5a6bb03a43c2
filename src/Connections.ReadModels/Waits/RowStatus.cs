using Connections.Domain.Connection;
using Connections.ReadModels.Connections;

namespace Connections.ReadModels.Waits;

/// <summary>
/// The status of a connection in a row that holds no other state. The domain decides what an event does to each status; this class
/// translates that to SQL, so that the row need not be read first.
/// </summary>
internal static class RowStatus
{
    // A row exists only from the creation of the connection on.
    private static readonly ConnectionStatus[] InRows =
        [ConnectionStatus.Connected, ConnectionStatus.Unreachable, ConnectionStatus.ReauthRequired, ConnectionStatus.Deleted];

    /// <summary>Whether the event changes another status to this one.</summary>
    public static bool LeadsTo(ConnectionEvent e, ConnectionStatus status) => Changes(e).Any(change => change.To == status);

    /// <summary>The condition that the event changes the row's status.</summary>
    public static string IsChangedBy(ConnectionEvent e) => $"status IN ({string.Join(", ", Changes(e).Select(change => Text(change.From)))})";

    /// <summary>The row's status after the event.</summary>
    public static string After(ConnectionEvent e) =>
        $"CASE status{string.Concat(Changes(e).Select(change => $" WHEN {Text(change.From)} THEN {Text(change.To)}"))} ELSE status END";

    private static IEnumerable<(ConnectionStatus From, ConnectionStatus To)> Changes(ConnectionEvent e) =>
        InRows.Select(from => (from, ConnectionState.StatusAfter(from, e))).Where(change => change.from != change.Item2);

    private static string Text(ConnectionStatus status) => $"'{ConnectionQueries.Text(status)}'";
}
