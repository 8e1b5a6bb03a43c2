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
        : base("list", "Lists the messages in the error queues with time, type, id and reason, without their bodies")
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
                Console.WriteLine($"{at} {message.Queue} id {message.Id ?? "none"} correlation {message.Correlation ?? "none"}: {message.Reason}");
            }
        }

        Console.WriteLine($"Messages in the error queues: {count}");
    }
}

/// <summary>Moves messages from an error queue back to their queue.</summary>
internal sealed class ErrorQueueRetryCommand : OperatorCommand
{
    private readonly Argument<string> queue = new("queue");
    private readonly Option<string> id = new("--id") { Description = "Only the messages with this id" };

    public ErrorQueueRetryCommand()
        : base("retry", "Moves the messages of an error queue back to their queue, with unchanged ids")
    {
        queue.Validators.Add(ErrorQueueNames.Check);
        Arguments.Add(queue);
        Options.Add(id);
    }

    public override async Task Run(IServiceProvider services, ParseResult line, CancellationToken ct)
    {
        var (name, one) = (line.GetValue(queue)!, line.GetValue(id));
        Console.WriteLine($"Moving the messages{(one is null ? "" : $" with the id {one}")} from the error queue of {name} back to {name}.");
        Console.WriteLine($"Messages moved back: {await ErrorQueueNames.Broker(services).Retry(name, one, ct)}");
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
