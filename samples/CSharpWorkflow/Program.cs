using System.Text.Json;
using Connections.Contracts;
using CSharpWorkflow;
using MassTransit;

// Runs one activity over a connection and prints its result.
if (args.Length < 4)
{
    Console.Error.WriteLine("usage: CSharpWorkflow <amqp address> <connector> <connection name> <activity> [<input as JSON>]");
    return 2;
}

var id = Guid.NewGuid();
var ending = new Ending(id);
var bus = Bus.Factory.CreateUsingRabbitMq(rabbit =>
{
    rabbit.Host(new Uri(args[0]));
    rabbit.UseRawJsonSerializer(RawSerializerOptions.AnyMessageType, isDefault: true);
    rabbit.MessageTopology.SetEntityNameFormatter(new KebabCase());
    // One queue per exchange, because a plain JSON message does not contain its type.
    Receive<ActivityFinished>(rabbit, $"flow-finished-{id}", ending.Finished);
    Receive<ActivityWaiting>(rabbit, $"flow-waiting-{id}", ending.Waiting);
    Receive<CommandRefused>(rabbit, $"flow-refused-{id}", ending.Refused);
});

await bus.StartAsync();
var activities = await bus.GetSendEndpoint(new Uri("exchange:run-activity"));
await activities.Send(
    new RunActivity(
        "default",
        id,
        null,
        new ConnectionReference(args[1], args[2]),
        args[3],
        JsonSerializer.Deserialize<JsonElement>(args.ElementAtOrDefault(4) ?? "{}"),
        Caller: new Caller("csharp-workflow", $"{id}")),
    context => context.GetPayload<RabbitMqSendContext>().Mandatory = true); // a message without a queue causes an exception
var succeeded = await ending.Completed;
await bus.StopAsync();
return succeeded ? 0 : 1;

static void Receive<T>(IRabbitMqBusFactoryConfigurator rabbit, string queue, MessageHandler<T> handle)
    where T : class => rabbit.ReceiveEndpoint(queue, endpoint =>
    {
        endpoint.AutoDelete = true; // a long-running workflow would use its own durable queue
        endpoint.Handler(handle);
    });
