using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Connections.Hosting;
using Connections.Hosting.RabbitMq;
using Microsoft.Extensions.DependencyInjection;

namespace Connections.Commands;

/// <summary>Lists the messages that could not be handled. The output never contains their bodies.</summary>
internal sealed class ErrorQueueListCommand : OperatorCommand
{
    private readonly Argument<string?> queue = new("queue") { Arity = ArgumentArity.ZeroOrOne, Description = "A queue; all queues by default" };

    public ErrorQueueListCommand()
        : base("list", "Lists the messages in the error queues with time, type, position, id and reason, without their bodies")
    {
        queue.Validators.Add(ErrorQueueNames.Check);
        Arguments.Add(queue);
    }

    public override async Task Run(IServiceProvider services, ParseResult line, CancellationToken ct)
    {
        var queues = ErrorQueueNames.Broker(services);
        var count = 0;
        foreach (var name in line.GetValue(queue) is { } one ? [one] : CommandQueues.All)
        {
            await foreach (var message in queues.List(name, ct))
            {
                count++;
                var at = message.At?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "at an unknown time";
                Console.WriteLine($"{at} {message.Queue} #{message.Position} id {message.Id ?? "none"} correlation {message.Correlation ?? "none"}: {message.Reason}");
            }
        }

        Console.WriteLine($"Messages in the error queues: {count}");
    }
}

/// <summary>A command for the messages of one error queue, or one of them.</summary>
internal abstract class ErrorQueueCommand : OperatorCommand
{
    private readonly Argument<string> queue = new("queue");
    private readonly Option<string> id = new("--id") { Description = "Only the messages with this id" };
    private readonly Option<int?> position = new("--position") { Description = "Only the message with this number in the list, such as 3 for #3" };

    protected ErrorQueueCommand(string name, string description)
        : base(name, description)
    {
        queue.Validators.Add(ErrorQueueNames.Check);
        Arguments.Add(queue);
        Options.Add(id);
        Options.Add(position);
    }

    public override async Task Run(IServiceProvider services, ParseResult line, CancellationToken ct)
    {
        var (name, selection) = (line.GetValue(queue)!, Selection(line));
        CheckSelection(line, selection);
        var done = await Run(ErrorQueueNames.Broker(services), name, selection, ct);
        if (done == 0 && selection is not null)
            throw CommandException.Failed($"No message in the error queue of {name} has {selection}. error-queue list {name} shows its messages.");
    }

    protected virtual void CheckSelection(ParseResult line, MessageSelection? selection)
    {
    }

    protected abstract Task<int> Run(ErrorQueues queues, string name, MessageSelection? selection, CancellationToken ct);

    private MessageSelection? Selection(ParseResult line) => (line.GetValue(id), line.GetValue(position)) switch
    {
        (null, null) => null,
        ({ }, { }) => throw CommandException.InvalidArguments("Give --id or --position, not both."),
        (_, < 1) => throw CommandException.InvalidArguments("--position: Must be a number from 1, as error-queue list shows it."),
        var (one, at) => new MessageSelection(one, at)
    };
}

/// <summary>Moves messages from an error queue back to their queue.</summary>
internal sealed class ErrorQueueRetryCommand() : ErrorQueueCommand("retry", "Moves the messages of an error queue back to their queue, with unchanged ids")
{
    protected override async Task<int> Run(ErrorQueues queues, string name, MessageSelection? selection, CancellationToken ct)
    {
        Console.WriteLine($"Moving the messages{(selection is null ? "" : $" with {selection}")} from the error queue of {name} back to {name}.");
        var done = await queues.Retry(name, selection, ct);
        Console.WriteLine($"Messages moved back: {done}");
        return done;
    }
}

/// <summary>Removes messages from an error queue for ever.</summary>
internal sealed class ErrorQueueDropCommand : ErrorQueueCommand
{
    private readonly Option<bool> all = new("--all") { Description = "All messages of the error queue" };

    public ErrorQueueDropCommand()
        : base("drop", "Removes messages from an error queue for ever: one, or all of them") => Options.Add(all);

    protected override void CheckSelection(ParseResult line, MessageSelection? selection)
    {
        if (line.GetValue(all) == (selection is not null))
            throw CommandException.InvalidArguments("Name what to drop: --id or --position for one message, or --all for all of them.");
    }

    protected override async Task<int> Run(ErrorQueues queues, string name, MessageSelection? selection, CancellationToken ct)
    {
        var done = await queues.Drop(name, selection, ct);
        Console.WriteLine($"Messages dropped from the error queue of {name}: {done}");
        return done;
    }
}

internal static class ErrorQueueNames
{
    public static void Check(ArgumentResult argument)
    {
        if (argument.Tokens is [var name] && !CommandQueues.All.Contains(name.Value))
            argument.AddError($"\"{name.Value}\" is not a queue of the service. The queues are: {string.Join(", ", CommandQueues.All)}.");
    }

    public static ErrorQueues Broker(IServiceProvider services) => services.GetService<ErrorQueues>()
        ?? throw CommandException.Failed("The in-memory bus has no error queues. Configure Bus:Transport=rabbitmq.");
}
