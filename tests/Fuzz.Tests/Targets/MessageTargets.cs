using System.Runtime.Serialization;
using Activities.Worker;
using Connections.Hosting.RabbitMq;
using Fuzz.Tests.Harness;
using MassTransit;
using MassTransit.Serialization;

namespace Fuzz.Tests.Targets;

/// <summary>Messages of the bus. What cannot be read is a <see cref="SerializationException"/> and goes to the error queue.</summary>
internal static class MessageTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("bus-message",
            [
                [.. """
                    {"workspace":"default","activityId":"0190f5a0-0000-7000-8000-000000000001","connection":{"connector":"http","name":"shop"},
                     "activity":"request","input":{"method":"GET"},"deadlineSeconds":60,"caller":{"workflow":"w"}}
                    """u8],
                [.. """
                    {"messageType":["urn:message:X"],"message":{"workspace":"default","activityId":"0190f5a0-0000-7000-8000-000000000001"}}
                    """u8]
            ],
            ["\"messageType\":", "\"message\":", "\"workspace\":", "\"deadlineSeconds\":\"60\"", "\"input\":", "\"caller\":[]", "1e400"],
            Decode)
    ];

    private static Task Decode(byte[] input)
    {
        try
        {
            var context = new PlainJsonSerializer().Deserialize(new BytesMessageBody(input), new DictionarySendHeaders());
            if (!context.TryGetMessage<RunActivityMessage>(out var message) || message is null) return Task.CompletedTask;
            _ = (message.CreateContext(null), message.ToSubmission(out _));
        }
        catch (Exception e) when (e is SerializationException or System.Text.Json.JsonException)
        {
            // The message goes to the error queue.
        }

        return Task.CompletedTask;
    }
}
