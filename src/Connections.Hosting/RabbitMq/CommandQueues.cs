using Connections.Contracts;
using Connections.Operations.Messages;

namespace Connections.Hosting.RabbitMq;

/// <summary>A command and its queue.</summary>
/// <param name="Name">The name of the queue, and of the exchange that senders use.</param>
/// <param name="Internal">Only the service's own hosts send the command. The broker has to report when it finds no queue for it.</param>
/// <param name="Concurrency">How many messages one host handles at a time.</param>
public sealed record CommandQueue(Type Command, string Name, bool Internal, int Concurrency);

/// <summary>The list of all commands and their queues. Each queue has the name of its command.</summary>
public static class CommandQueues
{
    private const int DefaultConcurrency = 16;

    // An activity that waits for its provider needs memory for its input and little more. A connection runs ten activities at most, so
    // fifty connections that hang delay no other.
    private const int ActivityConcurrency = 512;

    public static readonly IReadOnlyList<CommandQueue> Registry =
    [
        new(typeof(CancelActivity), "cancel-activity", Internal: false, DefaultConcurrency),
        new(typeof(CheckConnection), "check-connection", Internal: true, DefaultConcurrency),
        new(typeof(CreateConnection), "create-connection", Internal: false, DefaultConcurrency),
        new(typeof(DeleteConnection), "delete-connection", Internal: false, DefaultConcurrency),
        new(typeof(ReconnectConnection), "reconnect-connection", Internal: false, DefaultConcurrency),
        new(typeof(RenameConnection), "rename-connection", Internal: false, DefaultConcurrency),
        new(typeof(RenewGrant), "renew-grant", Internal: true, DefaultConcurrency),
        new(typeof(RequireReauth), "require-reauth", Internal: false, DefaultConcurrency),
        new(typeof(RunActivity), "run-activity", Internal: false, ActivityConcurrency),
        new(typeof(RunAttempt), "run-attempt", Internal: true, ActivityConcurrency),
        new(typeof(TestConnection), "test-connection", Internal: false, DefaultConcurrency)
    ];

    public static readonly IReadOnlyList<string> All = [.. Registry.Select(queue => queue.Name)];

    private static readonly Dictionary<Type, CommandQueue> ByCommand = Registry.ToDictionary(queue => queue.Command);

    private static readonly HashSet<string> InternalNames = [.. Registry.Where(queue => queue.Internal).Select(queue => queue.Name)];

    public static CommandQueue For(Type command) => ByCommand.TryGetValue(command, out var queue)
        ? queue
        : throw new InvalidOperationException($"{command.Name} has no queue: add it to {nameof(CommandQueues)}.{nameof(Registry)}.");

    public static bool IsInternal(string? name) => name is not null && InternalNames.Contains(name);
}
