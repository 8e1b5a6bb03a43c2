using System.Globalization;
using Connections.Hosting;

namespace Connections.Api;

/// <summary>What could not be handled: when, which and why; never what is in it.</summary>
internal sealed class ErrorQueueListCommand : Command
{
    public override string Words => "error-queue list";

    public override string Usage => "[QUEUE]";

    public override string What => "Lists the messages in the error queues: when, type, id and reason, and never what is in them";

    public override int MostNames => 1;

    public override void Check(CommandLine said) => ErrorQueueNames.Check(said);

    public override async Task Run(IServiceProvider services, CommandLine said, CancellationToken ct)
    {
        var queues = ErrorQueueNames.Broker(services);
        var many = 0;
        foreach (var queue in said.Names is [] ? CommandQueues.All : said.Names)
        {
            await foreach (var message in queues.List(queue, ct))
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
internal sealed class ErrorQueueRetryCommand : Command
{
    public override string Words => "error-queue retry";

    public override string Usage => "QUEUE [--id MESSAGE]";

    public override string What => "Puts the messages of an error queue back into their queue, with the ids they have, and loses none";

    public override IReadOnlyList<string> Values => ["id"];

    public override int MostNames => 1;

    public override void Check(CommandLine said)
    {
        if (said.Names is []) throw said.Wrong("Which queue?");
        ErrorQueueNames.Check(said);
    }

    public override async Task Run(IServiceProvider services, CommandLine said, CancellationToken ct)
    {
        var queue = said.Names[0];
        Console.WriteLine($"Puts back into {queue} what lies in its error queue{(said["id"] is { } id ? $" with the id {id}" : "")}.");
        Console.WriteLine($"{await ErrorQueueNames.Broker(services).Retry(queue, said["id"], ct)} put back");
    }
}

internal static class ErrorQueueNames
{
    public static void Check(CommandLine said)
    {
        if (said.Names.FirstOrDefault(name => !CommandQueues.All.Contains(name)) is { } unknown)
            throw said.Wrong($"\"{unknown}\" is not a queue of the service. They are: {string.Join(", ", CommandQueues.All)}.");
    }

    public static ErrorQueues Broker(IServiceProvider services) => services.GetService<ErrorQueues>()
        ?? throw CommandException.World("This bus is in the memory of the service: it has no error queues. Configure Bus:Transport=rabbitmq.");
}
