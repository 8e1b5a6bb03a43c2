using Connections.Contracts;
using Connections.Operations;

namespace Connections.Hosting.RabbitMq;

/// <summary>A command and the queue that takes it.</summary>
/// <param name="Name">Of the queue, and of the exchange that senders use.</param>
/// <param name="Internal">Our own hosts send it, and nobody else: the broker has to say so when it finds no queue for it.</param>
/// <param name="Concurrency">How many messages one host handles at a time.</param>
public sealed record CommandQueue(Type Command, string Name, bool Internal, int Concurrency);

/// <summary>The queues of the service, each named after the command it takes: the one list of commands.</summary>
public static class CommandQueues
{
    private const int Few = 16;

    // An activity that waits for its provider costs its input and little more, and a connection holds ten at most: fifty that hang delay no other.
    private const int Many = 512;

    public static readonly IReadOnlyList<CommandQueue> Registry =
    [
        new(typeof(CancelActivity), "cancel-activity", Internal: false, Few),
        new(typeof(CheckConnection), "check-connection", Internal: true, Few),
        new(typeof(CreateConnection), "create-connection", Internal: false, Few),
        new(typeof(DeleteConnection), "delete-connection", Internal: false, Few),
        new(typeof(ReconnectConnection), "reconnect-connection", Internal: false, Few),
        new(typeof(RenameConnection), "rename-connection", Internal: false, Few),
        new(typeof(RenewGrant), "renew-grant", Internal: true, Few),
        new(typeof(RequireReauth), "require-reauth", Internal: false, Few),
        new(typeof(RunActivity), "run-activity", Internal: false, Many),
        new(typeof(RunAttempt), "run-attempt", Internal: true, Many),
        new(typeof(TestConnection), "test-connection", Internal: false, Few)
    ];

    public static readonly IReadOnlyList<string> All = [.. Registry.Select(queue => queue.Name)];

    private static readonly Dictionary<Type, CommandQueue> ByCommand = Registry.ToDictionary(queue => queue.Command);

    private static readonly HashSet<string> InternalNames = [.. Registry.Where(queue => queue.Internal).Select(queue => queue.Name)];

    public static CommandQueue For(Type command) => ByCommand.TryGetValue(command, out var queue)
        ? queue
        : throw new InvalidOperationException($"{command.Name} has no queue: add it to {nameof(CommandQueues)}.{nameof(Registry)}.");

    public static bool IsInternal(string? name) => name is not null && InternalNames.Contains(name);
}
