using Connections.Domain.Connection;
using Connections.ReadModels.Connections;

namespace Connections.ReadModels.Waits;

/// <summary>
/// The status of a connection in a row that holds nothing else of its state. The domain says what an event does to each status; this only writes
/// that down as SQL, so that the row need not be read first.
/// </summary>
internal static class RowStatus
{
    // a row begins when the connection is created
    private static readonly ConnectionStatus[] InRows =
        [ConnectionStatus.Connected, ConnectionStatus.Unreachable, ConnectionStatus.ReauthRequired, ConnectionStatus.Deleted];

    /// <summary>Whether the event brings a row from another status to this one.</summary>
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
