namespace Connections.Hosting;

/// <summary>The queues of the service, each named after the command it takes.</summary>
public static class CommandQueues
{
    public static readonly IReadOnlyList<string> All =
    [
        "cancel-activity", "check-connection", "create-connection", "delete-connection", "reconnect-connection", "rename-connection",
        "renew-grant", "require-reauth", "run-activity", "run-attempt", "test-connection"
    ];
}
