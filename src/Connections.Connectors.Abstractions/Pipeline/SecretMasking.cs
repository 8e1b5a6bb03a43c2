using Connections.Connectors.Masking;
using Connections.Domain;

namespace Connections.Connectors.Pipeline;

/// <summary>Masks secrets in messages, because providers quote the request in error messages.</summary>
internal static class SecretMasking
{
    public static ConnectorResult.Failed Mask(ConnectorResult.Failed failure, Secret credentials) =>
        Mask(failure, SecretMask.From(credentials));

    public static ConnectorResult.Failed Mask(ConnectorResult.Failed failure, SecretMask mask) => failure.OwnWords is { } own
        ? failure with { Message = mask.Mask(failure.Message), OwnWords = mask.Mask(own) }
        : failure with { Message = mask.Mask(failure.Message) };

    public static string Mask(string message, Secret credentials) => SecretMask.From(credentials).Mask(message);
}
