using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Connections.Hosting;
using Connections.Hosting.RabbitMq;
using Microsoft.Extensions.DependencyInjection;

namespace Connections.Commands;

/// <summary>What could not be handled: when, which and why; never what is in it.</summary>
internal sealed class ErrorQueueListCommand : OperatorCommand
{
    private readonly Argument<string?> queue = new("queue") { Arity = ArgumentArity.ZeroOrOne, Description = "All, when left out" };

    public ErrorQueueListCommand()
        : base("list", "Lists the messages in the error queues: when, type, id and reason, and never what is in them")
    {
        queue.Validators.Add(ErrorQueueNames.Check);
        Arguments.Add(queue);
    }

    public override async Task Run(IServiceProvider services, ParseResult line, CancellationToken ct)
    {
        var queues = ErrorQueueNames.Broker(services);
        var many = 0;
        foreach (var name in line.GetValue(queue) is { } one ? [one] : CommandQueues.All)
        {
            await foreach (var message in queues.List(name, ct))
            {
                many++;
                var at = message.At?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "at an unknown time";
                Console.WriteLine($"{at} {message.Queue} id {message.Id ?? "none"} correlation {message.Correlation ?? "none"}: {message.Reason}");
            }
        }

        Console.WriteLine($"{many} in the error queues");
    }
}

/// <summary>The way back for what can be handled now.</summary>
internal sealed class ErrorQueueRetryCommand : OperatorCommand
{
    private readonly Argument<string> queue = new("queue");
    private readonly Option<string> id = new("--id") { Description = "Only the messages with this id" };

    public ErrorQueueRetryCommand()
        : base("retry", "Puts the messages of an error queue back into their queue, with the ids they have, and loses none")
    {
        queue.Validators.Add(ErrorQueueNames.Check);
        Arguments.Add(queue);
        Options.Add(id);
    }

    public override async Task Run(IServiceProvider services, ParseResult line, CancellationToken ct)
    {
        var (name, one) = (line.GetValue(queue)!, line.GetValue(id));
        Console.WriteLine($"Puts back into {name} what lies in its error queue{(one is null ? "" : $" with the id {one}")}.");
        Console.WriteLine($"{await ErrorQueueNames.Broker(services).Retry(name, one, ct)} put back");
    }
}

internal static class ErrorQueueNames
{
    public static void Check(ArgumentResult argument)
    {
        if (argument.Tokens is [var name] && !CommandQueues.All.Contains(name.Value))
            argument.AddError($"\"{name.Value}\" is not a queue of the service. They are: {string.Join(", ", CommandQueues.All)}.");
    }

    public static ErrorQueues Broker(IServiceProvider services) => services.GetService<ErrorQueues>()
        ?? throw CommandException.World("This bus is in the memory of the service: it has no error queues. Configure Bus:Transport=rabbitmq.");
}
