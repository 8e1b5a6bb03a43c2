using Microsoft.Extensions.Configuration;
using RabbitMQ.Client;

namespace Connections.Hosting.RabbitMq;

/// <summary>The address and credentials of RabbitMQ. <see cref="ToString"/> omits the password.</summary>
public sealed class Broker
{
    private const string Key = "Bus:Connection";
    private const string Form = "amqp(s)://user:password@host:port/vhost";

    // After a network failure the broker redelivers the messages of a host after two heartbeats.
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    private readonly string password;

    private Broker(Uri address, BrokerTrust trust)
    {
        Trust = trust;
        var user = address.UserInfo.Split(':', 2);
        (User, password) = (Uri.UnescapeDataString(user[0]), Uri.UnescapeDataString(user.ElementAtOrDefault(1) ?? ""));
        Tls = address.Scheme == "amqps";
        Host = address.IdnHost;
        Port = (ushort)(address.IsDefaultPort || address.Port <= 0 ? (Tls ? 5671 : 5672) : address.Port);
        VirtualHost = address.AbsolutePath.Length > 1 ? Uri.UnescapeDataString(address.AbsolutePath[1..]) : "/";
    }

    public string Host { get; }

    public ushort Port { get; }

    public string VirtualHost { get; }

    public string User { get; }

    public bool Tls { get; }

    internal BrokerTrust Trust { get; }

    /// <exception cref="HostSettingsException">The connection string is missing or invalid.</exception>
    public static Broker From(IConfiguration configuration)
    {
        var text = ConnectionSetting.Read(configuration, Key, $"Bus:Transport=rabbitmq needs {Form}");
        // The error message does not quote the value: it holds the password.
        return Uri.TryCreate(text, UriKind.Absolute, out var address)
            && address.Scheme is "amqp" or "amqps"
            && address.Host.Length > 0
            && address.UserInfo.Contains(':', StringComparison.Ordinal)
            && address.AbsolutePath.Count(c => c == '/') <= 1
            && address.Query.Length == 0
                ? new Broker(address, BrokerTrust.From(configuration))
                : throw new HostSettingsException($"{Key} does not have the form {Form}. Write a / or @ within a part as %2F or %40.");
    }

    /// <summary>Configures the connection of the bus.</summary>
    public void Configure(MassTransit.IRabbitMqHostConfigurator host)
    {
        host.Username(User);
        host.Password(password);
        host.PublisherConfirmation = true;
        host.Heartbeat(Heartbeat);
        if (!Tls) return;
        host.OnRefreshConnectionFactory = factory =>
        {
            Encrypt(factory);
            return Task.CompletedTask;
        };
    }

    public ConnectionFactory Factory()
    {
        var factory = new ConnectionFactory
        {
            HostName = Host,
            Port = Port,
            VirtualHost = VirtualHost,
            UserName = User,
            Password = password,
            AutomaticRecoveryEnabled = false
        };
        if (Tls) Encrypt(factory);
        return factory;
    }

    public override string ToString() => $"{(Tls ? "amqps" : "amqp")}://{User}@{Host}:{Port}/{Uri.EscapeDataString(VirtualHost)}";

    private void Encrypt(ConnectionFactory factory) => factory.SocketFactory = family => new EncryptedSocket(family, this);
}
