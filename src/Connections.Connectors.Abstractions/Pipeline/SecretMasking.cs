using System.Text.Json;
using Connections.Domain;

namespace Connections.Connectors.Pipeline;

/// <summary>Masks secrets in messages, because providers quote the request in error messages.</summary>
internal static class SecretMasking
{
    private const int MinMaskedLength = 4;
    private static readonly string[] NotSecret = ["username", "user"];

    public static ConnectorResult.Failed Mask(ConnectorResult.Failed failure, Secret credentials) =>
        failure with { Message = Mask(failure.Message, credentials) };

    public static string Mask(string message, Secret credentials)
    {
        using var document = JsonDocument.Parse(credentials.Reveal());
        foreach (var field in document.RootElement.EnumerateObject().Where(f => f.Value.ValueKind == JsonValueKind.String && !NotSecret.Contains(f.Name)))
            if (field.Value.GetString() is { Length: >= MinMaskedLength } value) message = message.Replace(value, "***", StringComparison.Ordinal);
        return message;
    }
}
