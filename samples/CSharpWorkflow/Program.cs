using System.Text.Json;
using Connections.Contracts;
using CSharpWorkflow;
using MassTransit;

// Runs one activity over a connection and prints what came of it.
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
    // one queue for each exchange that is heard, since a plain message does not say what it is
    Hear<ActivityFinished>(rabbit, $"flow-finished-{id}", ending.Finished);
    Hear<ActivityWaiting>(rabbit, $"flow-waiting-{id}", ending.Waiting);
    Hear<CommandRefused>(rabbit, $"flow-refused-{id}", ending.Refused);
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
    context => context.GetPayload<RabbitMqSendContext>().Mandatory = true); // what finds no queue comes back as an exception
var succeeded = await ending.Completed;
await bus.StopAsync();
return succeeded ? 0 : 1;

static void Hear<T>(IRabbitMqBusFactoryConfigurator rabbit, string queue, MessageHandler<T> handle)
    where T : class => rabbit.ReceiveEndpoint(queue, endpoint =>
    {
        endpoint.AutoDelete = true; // a workflow that lives on would keep a durable queue of its own
        endpoint.Handler(handle);
    });
