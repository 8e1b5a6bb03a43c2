using Connections.Contracts;

namespace Connections.Hosting.RabbitMq;

/// <summary>The messages that the service publishes, each on the exchange of its name.</summary>
public static class PublishedMessages
{
    public static readonly IReadOnlyList<string> Exchanges =
    [
        .. typeof(Published).Assembly.GetTypes()
            .Where(type => (type.IsSubclassOf(typeof(Published)) && !type.IsAbstract) || type == typeof(CommandRefused))
            .Select(type => MassTransit.KebabCaseEndpointNameFormatter.Instance.SanitizeName(type.Name))
            .Order(StringComparer.Ordinal)
    ];
}
