using System.Net.Mime;
using System.Runtime.Serialization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Connections.Domain;
using MassTransit;
using MassTransit.Serialization;

namespace Connections.Hosting.RabbitMq;

/// <summary>
/// Writes messages to RabbitMQ as plain JSON objects without an envelope. Reads plain objects and MassTransit's envelopes, and
/// distinguishes them by their form, because other senders often set no headers.
/// </summary>
public sealed class PlainJsonSerializer : ISerializerFactory, IMessageSerializer, IMessageDeserializer
{
    private const RawSerializerOptions Raw = RawSerializerOptions.AnyMessageType;

    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.Strict,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // read as JSON only, never inside HTML
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase), UtcTimeConverter.Exact },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { RequireAddress } }
    };

    // An activity is always answered, so its fields are read at any depth. All other commands end in the error queue beyond 64 levels.
    private static readonly JsonSerializerOptions AnyDepth = new(Options) { MaxDepth = int.MaxValue };

    public ContentType ContentType { get; } = new("application/json");

    public IMessageSerializer CreateSerializer() => this;

    public IMessageDeserializer CreateDeserializer() => this;

    public MessageBody GetMessageBody<T>(SendContext<T> context)
        where T : class => new BytesMessageBody(JsonSerializer.SerializeToUtf8Bytes(context.Message, Options));

    public MessageBody GetMessageBody(string text) => new StringMessageBody(text);

    public ConsumeContext Deserialize(ReceiveContext receiveContext) => new BodyConsumeContext(
        receiveContext, Deserialize(receiveContext.Body, receiveContext.TransportHeaders, receiveContext.InputAddress));

    public SerializerContext Deserialize(MessageBody body, Headers headers, Uri? destinationAddress = null)
    {
        var options = destinationAddress?.AbsolutePath.EndsWith("/run-activity", StringComparison.Ordinal) == true ? AnyDepth : Options;
        try
        {
            return new SystemTextJsonRawSerializerContext(
                SystemTextJsonMessageSerializer.Instance,
                options,
                ContentType,
                new RawMessageContext(headers, destinationAddress, Raw),
                [],
                Raw,
                Unwrapped(JsonSerializer.Deserialize<JsonElement>(Text(body.GetBytes()), options)));
        }
        // An escape that is not valid text makes a name unreadable, wherever it stands.
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            throw new SerializationException($"The message is not a JSON object: {broken.Message}", broken);
        }
    }

    // Some senders write a byte order mark. Broken bytes are found now: a field that is read later would fail its consumer each time.
    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> body)
    {
        if (body.StartsWith(Encoding.UTF8.Preamble)) body = body[Encoding.UTF8.Preamble.Length..];
        return Utf8.IsValid(body) ? body : throw new SerializationException("The message is not UTF-8 text. Send plain JSON in UTF-8.");
    }

    public void Probe(ProbeContext context) => context.CreateScope("plainJson");

    private static JsonElement Unwrapped(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object) throw new JsonException($"its JSON kind is {body.ValueKind}.");
        return body.TryGetProperty("messageType", out _) && body.TryGetProperty("message", out var inner) && inner.ValueKind == JsonValueKind.Object
            ? inner
            : body;
    }

    // Ids are value types. Without this, a missing id would become an empty id that no sender waits for.
    private static void RequireAddress(JsonTypeInfo type)
    {
        var ours = type.Type.Namespace == typeof(Contracts.RunActivity).Namespace || type.Type.IsDefined(typeof(MessageUrnAttribute), inherit: false);
        if (!ours || type.Type.IsSubclassOf(typeof(Contracts.Published))) return;
        foreach (var property in type.Properties)
        {
            var value = property.PropertyType.IsValueType && Nullable.GetUnderlyingType(property.PropertyType) is null;
            property.IsRequired = (value && property.PropertyType != typeof(JsonElement)) || property.Name == "workspace";
            if (property.Name == "workspace") property.CustomConverter = new WorkspaceNames();
        }
    }

    // No stream can have another workspace name, so there is nothing to respond about.
    private sealed class WorkspaceNames : JsonConverter<string>
    {
        public override bool HandleNull => true;

        public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && reader.GetString() is { } name && WorkspaceName.IsValid(name)
                ? name
                : throw new JsonException("Must have from 1 to 63 lower-case letters, digits and dashes, and not begin with a dash.");

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
    }
}
