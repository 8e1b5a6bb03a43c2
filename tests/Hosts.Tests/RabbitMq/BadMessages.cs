using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hosts.Tests.RabbitMq;

/// <summary>Generates messages with something wrong, the same ones for the same seed.</summary>
internal sealed class BadMessages(int seed)
{
    private static readonly string[] Fields =
    [
        "workspace", "activityId", "commandId", "connectionId", "connection", "connector", "name", "activity", "input", "settings", "secretReference",
        "deadlineSeconds", "timeoutSeconds", "onReauth", "caller", "actor", "rotateBy", "credentialVersion", "reason", "request",
        "revision", "attempts", "messageType", "message"
    ];

    private readonly Random random = new(seed);

    public byte[] Next()
    {
        var body = Encoding.UTF8.GetBytes(Valid());
        return random.Next(12) switch
        {
            0 => [],
            1 => body[..random.Next(body.Length)],
            2 => [.. body[..random.Next(1, body.Length)], (byte)random.Next(0x80, 0x100), .. body[random.Next(1, body.Length)..]],
            3 => Bytes(random.Next(200)),
            4 => Encoding.Unicode.GetBytes(Valid()),
            5 => [.. Encoding.UTF8.Preamble, .. body],
            6 => Encoding.UTF8.GetBytes(Pick("null", "[]", "7", "\"x\"", "{}", "[{}]", "true", "{\"message\": {}, \"messageType\": []}")),
            _ => Encoding.UTF8.GetBytes(Spoilt())
        };
    }

    private static string Valid() => Template().ToJsonString();

    private static JsonObject Template() => new()
    {
        ["workspace"] = "default",
        ["activityId"] = $"{Guid.NewGuid()}",
        ["commandId"] = $"{Guid.NewGuid()}",
        ["connectionId"] = $"{Guid.NewGuid()}",
        ["connector"] = "scripted",
        ["name"] = "bad",
        ["activity"] = "read",
        ["input"] = new JsonObject { ["value"] = "x" },
        ["secretReference"] = "none",
        ["credentialVersion"] = 1,
        ["revision"] = 0,
        ["attempts"] = 0
    };

    private string Spoilt()
    {
        var template = Template();
        var text = template.ToJsonString();
        for (var left = random.Next(1, 4); left > 0; left--)
        {
            var field = Pick(Fields);
            template.Remove(field);
            text = template.ToJsonString();
            // Written as text: JsonNode cannot hold a field twice, half a surrogate pair, or such a number.
            if (random.Next(5) > 0) text = $"{text[..^1]}, {JsonSerializer.Serialize(field)}: {Value()}}}";
            if (random.Next(8) == 0) text = $"{text[..^1]}, \"name\": {Value()}}}";
        }

        return text;
    }

    private string Value() => random.Next(14) switch
    {
        0 => "null",
        1 => "7.5",
        2 => "-1e400",
        3 => "99999999999999999999",
        4 => "\"\\ud83d\"",
        5 => "\"\\u0000\"",
        6 => $"\"{new string('x', random.Next(3_000))}\"",
        7 => Deep(random.Next(1, 200)),
        8 => "[1, null, {}]",
        9 => "{\"connector\": 5, \"name\": [\"x\"], \"\": null}",
        10 => "true",
        11 => "\"00000000-0000-0000-0000-000000000000\"",
        12 => "\"9999-99-99T99:99:99Z\"",
        _ => "\"\""
    };

    private static string Deep(int levels) => new string('[', levels) + new string(']', levels);

    private byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private string Pick(params string[] values) => values[random.Next(values.Length)];
}
